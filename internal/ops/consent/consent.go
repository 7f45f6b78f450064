// Package consent decides what an operator is asked before something is changed. It is decided here
// once, from the act and its facts; the console's dialogs and the commands' prompts render it.
package consent

import (
	"slices"
	"strconv"
)

// Act is something that changes Knock.
type Act string

// The acts. [Acts] lists them in this order.
const (
	Identify       Act = "identify a user"
	SetData        Act = "set data of a recipient"
	UnsetData      Act = "unset data of a recipient"
	Trigger        Act = "trigger a workflow"
	Track          Act = "send a source event"
	CancelRuns     Act = "cancel runs"
	CancelEveryone Act = "cancel everyone under a key"
	Sweep          Act = "sweep"
	SweepResume    Act = "resume a sweep"
	SweepApply     Act = "carry out a saved plan"
	SweepRetry     Act = "cancel again what a sweep left"
	SendMore       Act = "send more cancels than planned"
	// Stop is a freeze and a sweep in one, for a workflow that runs away.
	Stop            Act = "freeze and sweep"
	Freeze          Act = "freeze a workflow"
	Thaw            Act = "thaw a workflow"
	Schedule        Act = "schedule a workflow"
	DeleteSchedules Act = "delete schedules"
	Archive         Act = "archive messages"
	// RunFlow is to run a flow that changes something: to send what its document spells out.
	RunFlow Act = "run a flow"
	// FlowDelete is a step of a flow that takes something away for good, or changes the account.
	FlowDelete Act = "delete, or change the account"
	// RunCommand is to run a program of the operator's own. Knock's client has no part in it, so that whether it is
	// done at all is decided here.
	RunCommand Act = "run a command"
)

// Threshold is from how many runs, recipients, schedules or messages on a word is typed before
// something is done to them, whatever the profile.
const Threshold = 25

// Facts are what is known of an act when the question is put. They are a snapshot: what is learned
// later changes neither the question nor what is done.
type Facts struct {
	Profile     string
	Environment string // as it is shown; "" when it is not known
	Protected   bool   // the profile is protected
	Disarmed    bool   // and not armed, and could be

	Workflows []string // whose keys the act is about, each once
	Subject   string   // what an act about no workflow is about: the user's id, the event's name

	// Count is how many runs, recipients, schedules or messages the act reaches: for a freeze or a
	// thaw the pending runs, for requests beyond a plan the requests. AtLeast says that there may
	// be more.
	Count   int
	AtLeast bool
	// Inflow is how many runs a minute arrive in what the act reaches.
	Inflow float64
	// SpelledOut says that the operator wrote out what is done, to whom and where, as on a command
	// line. A key of the console spells nothing out.
	SpelledOut bool

	// Of a command of the operator's own: the profile is read-only now, and what the configuration says of the command.
	ReadOnly                  bool
	Allowed, Reads, Confirmed bool
}

// Level is how much is asked.
type Level int

// The levels, from nothing to a word.
const (
	Nothing Level = iota
	YesNo
	Word // the word of the question is typed
)

// Reason says whether the operator is asked why.
type Reason int

// What is asked about the reason. It goes into the journal.
const (
	NoReason Reason = iota
	ReasonOffered
	ReasonRequired
)

// Question is what is asked before an act.
type Question struct {
	Level  Level
	Word   string // to be typed at [Word], exactly
	WordIs string // what that is: "the workflow's key"
	Reason Reason
	// Arms says that the yes arms the profile first, so that the question has to say so.
	Arms bool
	// Refused says why nothing is asked, for nothing may be done; "" when it may.
	Refused string
}

// Asks reports whether anything is asked.
func (q Question) Asks() bool { return q.Level > Nothing }

// policy is what an act asks.
type policy struct {
	act   Act
	least Level // on a profile that is not protected, however little the act reaches
	// spelledOut says that an act that was written out in full needs no yes below the threshold.
	spelledOut bool
	reason     bool // a reason is offered, and required on a protected profile
	arms       bool // its yes arms a protected profile that is not: for what cannot wait for two questions
	outside    bool // Knock's client does not hold it back
	wordIs     string
}

const (
	workflowKey = "the workflow's key"
	userID      = "the user's id"
	recipientID = "the id"
	eventName   = "the event's name"
	profileName = "the profile's name"
)

var policies = []policy{
	{act: Identify, least: Nothing, wordIs: userID},
	{act: SetData, least: YesNo, spelledOut: true, reason: true, wordIs: recipientID},
	{act: UnsetData, least: YesNo, reason: true, wordIs: recipientID},
	{act: Trigger, least: YesNo, spelledOut: true, reason: true, wordIs: workflowKey},
	{act: Track, least: Nothing, wordIs: eventName},
	{act: CancelRuns, least: YesNo, reason: true, wordIs: workflowKey},
	{act: CancelEveryone, least: Word, reason: true, wordIs: workflowKey},
	{act: Sweep, least: Word, reason: true, wordIs: workflowKey},
	{act: SweepResume, least: Word, wordIs: workflowKey}, // its reason was given when it began
	{act: SweepApply, least: Word, reason: true, wordIs: workflowKey},
	{act: SweepRetry, least: YesNo, reason: true, wordIs: workflowKey},
	{act: SendMore, least: YesNo, wordIs: workflowKey},
	{act: Stop, least: Word, reason: true, arms: true, wordIs: workflowKey},
	{act: Freeze, least: YesNo, reason: true, wordIs: workflowKey},
	{act: Thaw, least: YesNo, reason: true, wordIs: workflowKey},
	{act: Schedule, least: YesNo, spelledOut: true, reason: true, wordIs: workflowKey},
	{act: DeleteSchedules, least: YesNo, reason: true, wordIs: workflowKey},
	{act: Archive, least: YesNo, reason: true, wordIs: profileName},
	{act: RunFlow, least: YesNo, spelledOut: true, reason: true, wordIs: profileName},
	{act: FlowDelete, least: Word, reason: true, wordIs: profileName},
	{act: RunCommand, least: Nothing, reason: true, outside: true, wordIs: profileName},
}

// Acts are all acts.
func Acts() []Act {
	all := make([]Act, len(policies))
	for i, p := range policies {
		all[i] = p.act
	}
	return all
}

// For decides what is asked before an act. On a protected profile, from [Threshold] on, and where
// nobody knows how many there are, a word is typed; below that the act's own policy holds. An act
// that has no policy asks for all there is.
func For(act Act, f Facts) Question {
	p := policy{act: act, least: Word, reason: true, wordIs: workflowKey}
	if i := slices.IndexFunc(policies, func(p policy) bool { return p.act == act }); i >= 0 {
		p = policies[i]
	}
	q := Question{Level: p.least}
	if p.outside {
		q.Refused = refused(f)
	}
	switch {
	case p.outside && f.Reads: // nothing is at stake
	case f.Protected, f.AtLeast, float64(f.Count)+f.Inflow >= Threshold:
		q.Level = Word
	case p.spelledOut && f.SpelledOut:
		q.Level = Nothing
	}
	if f.Confirmed {
		q.Level = max(q.Level, YesNo)
	}
	if p.reason && !f.Reads {
		q.Reason = ReasonOffered
		if f.Protected {
			q.Reason = ReasonRequired
		}
	}
	q.Arms = p.arms && f.Protected && f.Disarmed
	if q.Level == Word {
		q.Word, q.WordIs = p.word(f)
	}
	return q
}

// refused says why a program of the operator's own must not run, "" when it may.
func refused(f Facts) string {
	switch {
	case f.Protected && !f.Allowed:
		return f.Profile + " is protected: a command runs here when the configuration says `protected: true` of it"
	case f.ReadOnly && !f.Reads:
		return f.Profile + " is read-only: a command that changes nothing runs here, when the configuration says `reads_only: true` of it"
	}
	return ""
}

// word is what has to be typed. It means all of what is done: for one workflow its key, for several
// none of their keys but the number of runs, or where that is not known, where they are.
func (p policy) word(f Facts) (word, is string) {
	switch {
	case p.wordIs == userID, p.wordIs == recipientID, p.wordIs == eventName:
		return f.Subject, p.wordIs
	case p.wordIs == workflowKey && len(f.Workflows) == 1:
		return f.Workflows[0], p.wordIs
	case p.wordIs == workflowKey && len(f.Workflows) > 1 && f.Count > 0 && !f.AtLeast:
		return strconv.Itoa(f.Count), "the number of runs"
	case p.wordIs == workflowKey && f.Environment != "":
		return f.Environment, "the environment's name"
	}
	return f.Profile, profileName
}
