package ops

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/termtext"
)

// Where names the place that an act changes: the environment, or the profile
// when it is not known which environment its key belongs to.
func (s *Session) Where() string {
	if s.knowsEnvironment() {
		return s.Environment
	}
	return "profile " + s.Profile + ", whose environment is not known"
}

func (s *Session) knowsEnvironment() bool {
	return s.Environment != "" && s.Environment != config.UnknownEnvironment
}

// Facts are what [consent.For] wants to know of the session; the act adds its own.
func (s *Session) Facts(workflows ...string) consent.Facts {
	f := consent.Facts{Profile: s.Profile, Protected: s.Protected, Workflows: workflows}
	if s.knowsEnvironment() {
		f.Environment = s.Environment
	}
	return f
}

// IdentifyPrompt asks before a user is identified.
func (s *Session) IdentifyPrompt(id string) consent.Prompt {
	f := s.Facts()
	f.Subject, f.Count = id, 1
	return consent.Prompt{
		Question: consent.For(consent.Identify, f), Title: "Identify " + id + " in " + s.Where(),
		Yes: "Identify the user", No: "No, send nothing",
	}
}

// TrackPrompt asks before a source event is sent to the source's ingestion URL.
func (s *Session) TrackPrompt(event, ingestionURL string) consent.Prompt {
	host := "an unreadable URL"
	if u, err := url.Parse(ingestionURL); err == nil {
		host = u.Host
	}
	f := s.Facts()
	f.Subject, f.Count = event, 1
	return consent.Prompt{
		Question: consent.For(consent.Track, f), Title: fmt.Sprintf("Send event %s to the source at %s", event, host),
		Yes: "Send the event", No: "No, send nothing",
	}
}

// ArchivePrompt asks before messages are archived.
func (s *Session) ArchivePrompt(messages int) consent.Prompt {
	f := s.Facts()
	f.Count = messages
	n := termtext.Plural(messages, "message")
	return consent.Prompt{
		Question: consent.For(consent.Archive, f), Title: "Archive " + n + " in " + s.Where(),
		Lines: []string{"Archived messages disappear from their recipients' feeds. What went out by email, SMS or push stays where it is."},
		Yes:   "Archive " + n, No: "No, keep them",
	}
}

// TriggerPrompt asks before a trigger is sent. spelledOut says that its workflow and its recipients
// were written out, as on a command line.
func (s *Session) TriggerPrompt(t client.Trigger, runs RunCount, spelledOut bool) consent.Prompt {
	f := s.Facts(t.Workflow)
	f.Count, f.SpelledOut = len(t.Recipients), spelledOut
	people := termtext.Plural(len(t.Recipients), "recipient")
	refs := make([]client.Ref, len(t.Recipients))
	for i, r := range t.Recipients {
		refs[i] = r.Ref
	}
	p := consent.Prompt{
		Question: consent.For(consent.Trigger, f), Title: fmt.Sprintf("Send %s to %s in %s", t.Workflow, people, s.Where()),
		Lines: []string{t.Workflow + "   to " + Names(refs), KeyWords(t.CancellationKey)},
		Yes:   "Send to " + people, No: "No, send nothing",
	}
	var with []string
	if t.Tenant != nil {
		with = append(with, "tenant "+t.Tenant.ID)
	}
	if t.Actor != nil {
		with = append(with, "actor "+t.Actor.Ref.String())
	}
	if len(t.Data) > 0 {
		with = append(with, termtext.Plural(len(t.Data), "byte")+" of data")
	}
	if len(with) > 0 {
		p.Lines = append(p.Lines, strings.Join(with, " · "))
	}
	p.Lines = append(p.Lines, runs.Words())
	if t.CancellationKey != "" {
		for _, w := range KeyWarnings(t) {
			p.Lines = append(p.Lines, capital(w)+".")
		}
	}
	if t.SandboxMode != nil && *t.SandboxMode {
		p.Lines = append(p.Lines, "Sandbox mode: messages are generated but not delivered.")
	}
	if t.SkipDelay != nil && *t.SkipDelay {
		p.Lines = append(p.Lines, "Delays are skipped: there is no time to cancel.")
	}
	return p
}

// KeyWords says under which key a trigger can be cancelled.
func KeyWords(key string) string {
	if key == "" {
		return "without a cancellation key, so it cannot be cancelled"
	}
	return "cancellation key " + key
}

// DeleteSchedulesPrompt asks before schedules of a workflow are deleted, of which others stay.
func (s *Session) DeleteSchedulesPrompt(workflow string, chosen []client.Schedule, others int) consent.Prompt {
	f := s.Facts(workflow)
	f.Count = len(chosen)
	n := termtext.Plural(len(chosen), "schedule")
	to := make([]client.Ref, len(chosen))
	for i, schedule := range chosen {
		to[i] = schedule.Recipient
	}
	return consent.Prompt{
		Question: consent.For(consent.DeleteSchedules, f), Title: fmt.Sprintf("Delete %s of %s in %s", n, workflow, s.Where()),
		Lines: []string{
			"For " + Names(to) + ".",
			termtext.Plural(others, "other schedule") + " of the workflow's stay.",
			"Deleted schedules start no more runs, and cannot be brought back: they have to be made anew.",
			"Runs that they have started go on, and have no cancellation key: freezing the workflow until they wake ends them.",
		},
		Yes: "Delete " + n, No: "No, keep them",
	}
}

// mostNamed is how many recipients are named before the rest is counted.
const mostNamed = 6

// Names lists recipients; of many, the first and a count.
func Names(refs []client.Ref) string {
	words := make([]string, min(len(refs), mostNamed))
	for i := range words {
		words[i] = refs[i].String()
	}
	if more := len(refs) - mostNamed; more > 0 {
		words = append(words, fmt.Sprintf("and %s more", termtext.Count(more)))
	}
	return strings.Join(words, ", ")
}
