package consent_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/knockops/knockops/internal/ops/consent"
)

// The policy, one line for each act: what is asked about one of something on a plain profile, when
// the act was chosen with a key and when it was spelled out; what is typed on a protected one.
var policy = []struct {
	act             consent.Act
	byKey, spelled  consent.Level
	word, wordIs    string
	plain, required consent.Reason
}{
	{consent.Identify, consent.Nothing, consent.Nothing, "user_1", "the user's id", consent.NoReason, consent.NoReason},
	{consent.SetData, consent.YesNo, consent.Nothing, "user_1", "the id", consent.ReasonOffered, consent.ReasonRequired},
	{consent.UnsetData, consent.YesNo, consent.YesNo, "user_1", "the id", consent.ReasonOffered, consent.ReasonRequired},
	{consent.Trigger, consent.YesNo, consent.Nothing, "welcome", "the workflow's key", consent.ReasonOffered, consent.ReasonRequired},
	{consent.Track, consent.Nothing, consent.Nothing, "user_1", "the event's name", consent.NoReason, consent.NoReason},
	{consent.CancelRuns, consent.YesNo, consent.YesNo, "welcome", "the workflow's key", consent.ReasonOffered, consent.ReasonRequired},
	{consent.CancelEveryone, consent.Word, consent.Word, "welcome", "the workflow's key", consent.ReasonOffered, consent.ReasonRequired},
	{consent.Sweep, consent.Word, consent.Word, "welcome", "the workflow's key", consent.ReasonOffered, consent.ReasonRequired},
	{consent.SweepResume, consent.Word, consent.Word, "welcome", "the workflow's key", consent.NoReason, consent.NoReason},
	{consent.SweepApply, consent.Word, consent.Word, "welcome", "the workflow's key", consent.ReasonOffered, consent.ReasonRequired},
	{consent.SweepRetry, consent.YesNo, consent.YesNo, "welcome", "the workflow's key", consent.ReasonOffered, consent.ReasonRequired},
	{consent.SendMore, consent.YesNo, consent.YesNo, "welcome", "the workflow's key", consent.NoReason, consent.NoReason},
	{consent.Stop, consent.Word, consent.Word, "welcome", "the workflow's key", consent.ReasonOffered, consent.ReasonRequired},
	{consent.Freeze, consent.YesNo, consent.YesNo, "welcome", "the workflow's key", consent.ReasonOffered, consent.ReasonRequired},
	{consent.Thaw, consent.YesNo, consent.YesNo, "welcome", "the workflow's key", consent.ReasonOffered, consent.ReasonRequired},
	{consent.Schedule, consent.YesNo, consent.Nothing, "welcome", "the workflow's key", consent.ReasonOffered, consent.ReasonRequired},
	{consent.DeleteSchedules, consent.YesNo, consent.YesNo, "welcome", "the workflow's key", consent.ReasonOffered, consent.ReasonRequired},
	{consent.Archive, consent.YesNo, consent.YesNo, "prod", "the profile's name", consent.ReasonOffered, consent.ReasonRequired},
	{consent.RunFlow, consent.YesNo, consent.Nothing, "prod", "the profile's name", consent.ReasonOffered, consent.ReasonRequired},
	{consent.FlowDelete, consent.Word, consent.Word, "prod", "the profile's name", consent.ReasonOffered, consent.ReasonRequired},
	{consent.RunCommand, consent.Nothing, consent.Nothing, "prod", "the profile's name", consent.ReasonOffered, consent.ReasonRequired},
}

func TestPolicy(t *testing.T) {
	var listed []consent.Act
	for _, p := range policy {
		listed = append(listed, p.act)
		one := consent.Facts{Profile: "prod", Environment: "production", Workflows: []string{"welcome"}, Subject: "user_1", Count: 1, Allowed: true}
		spelled, protected, many, unknown, inflow := one, one, one, one, one
		spelled.SpelledOut = true
		protected.Protected, protected.SpelledOut = true, true
		many.Count, many.SpelledOut = consent.Threshold, true
		unknown.AtLeast, unknown.SpelledOut = true, true
		inflow.Inflow, inflow.SpelledOut = consent.Threshold-1, true
		typed := consent.Question{Level: consent.Word, Word: p.word, WordIs: p.wordIs, Reason: p.plain}
		for name, c := range map[string]struct {
			facts consent.Facts
			want  consent.Question
		}{
			"by a key":           {one, atLevel(typed, p.byKey)},
			"spelled out":        {spelled, atLevel(typed, p.spelled)},
			"protected":          {protected, consent.Question{Level: consent.Word, Word: p.word, WordIs: p.wordIs, Reason: p.required}},
			"many":               {many, typed},
			"nobody knows":       {unknown, typed},
			"more keep coming":   {inflow, typed},
			"one below many":     {withCount(spelled, consent.Threshold-1), atLevel(typed, p.spelled)},
			"nothing is reached": {withCount(spelled, 0), atLevel(typed, p.spelled)},
		} {
			if got := consent.For(p.act, c.facts); got != c.want {
				t.Errorf("%s, %s: asks %+v, want %+v", p.act, name, got, c.want)
			}
		}
	}
	if !slices.Equal(listed, consent.Acts()) {
		t.Errorf("the acts are %q, and the table here has %q", consent.Acts(), listed)
	}
}

// atLevel is a question at a level; below the word there is none.
func atLevel(q consent.Question, l consent.Level) consent.Question {
	if q.Level = l; l < consent.Word {
		q.Word, q.WordIs = "", ""
	}
	return q
}

func withCount(f consent.Facts, n int) consent.Facts {
	f.Count = n
	return f
}

func TestWordMeansAllOfIt(t *testing.T) {
	three := []string{"welcome", "invoice-due", "invite-reminder"}
	for i, c := range []struct {
		facts  consent.Facts
		word   string
		wordIs string
	}{
		{consent.Facts{Workflows: three, Count: 1204, Environment: "production"}, "1204", "the number of runs"},
		{consent.Facts{Workflows: three, Count: 1204, AtLeast: true, Environment: "production"}, "production", "the environment's name"},
		{consent.Facts{Workflows: three, AtLeast: true, Profile: "eu"}, "eu", "the profile's name"},
		{consent.Facts{Workflows: three[:1], Count: 1204, Environment: "production"}, "welcome", "the workflow's key"},
	} {
		if q := consent.For(consent.CancelRuns, c.facts); q.Word != c.word || q.WordIs != c.wordIs {
			t.Errorf("%d: asks for %s %q, want %s %q", i, q.WordIs, q.Word, c.wordIs, c.word)
		}
	}
}

func TestAnUnknownActAsksForAllThereIs(t *testing.T) {
	q := consent.For("something new", consent.Facts{Workflows: []string{"welcome"}, SpelledOut: true})
	if want := (consent.Question{Level: consent.Word, Word: "welcome", WordIs: "the workflow's key", Reason: consent.ReasonOffered}); q != want {
		t.Errorf("asks %+v, want %+v", q, want)
	}
}

// What arms a profile on the way asks for all there is.
func TestOnlyAStopArms(t *testing.T) {
	for _, act := range consent.Acts() {
		f := consent.Facts{Profile: "prod", Workflows: []string{"welcome"}, Count: 1, Protected: true, Disarmed: true}
		q := consent.For(act, f)
		if q.Arms != (act == consent.Stop) {
			t.Errorf("%s: arms is %t", act, q.Arms)
		}
		if q.Arms && (q.Level != consent.Word || q.Word == "" || q.Reason != consent.ReasonRequired) {
			t.Errorf("%s arms and asks only %+v", act, q)
		}
		if f.Disarmed = false; consent.For(act, f).Arms {
			t.Errorf("%s arms what is armed", act)
		}
	}
}

func ExampleFor() {
	q := consent.For(consent.Freeze, consent.Facts{Workflows: []string{"welcome"}, Count: 9533})
	fmt.Printf("type %s: %s\n", q.WordIs, q.Word)
	// Output: type the workflow's key: welcome
}
