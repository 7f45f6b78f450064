package status

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/ui/theme"
)

// Every state is told by its word and a glyph of its own, never by colour alone.
func TestStatesAreWordsWithAGlyph(t *testing.T) {
	th := theme.New(theme.Options{})
	said := map[string]bool{}
	tell := func(what, word string, ink theme.Ink) {
		t.Helper()
		glyph, name, found := strings.Cut(word, " ")
		if !found || glyph == "" || name == "" {
			t.Errorf("%s reads %q in ink %v", what, word, ink)
		}
		if said[word] {
			t.Errorf("%s reads %q as another does", what, word)
		}
		said[word] = true
	}
	for _, s := range []client.RunStatus{client.RunQueued, client.RunProcessing, client.RunPaused, client.RunCompleted, client.RunCancelled, "unheard of"} {
		glyph, ink := status(th.Glyphs, s)
		tell("a run", glyph+" "+string(s), ink)
	}
	clear(said)
	for _, v := range []cancel.Verdict{cancel.TooYoung, cancel.Requested, cancel.Confirmed, cancel.FinishedFirst, cancel.Unconfirmed, cancel.Failed} {
		glyph, ink := verdict(th.Glyphs, v)
		tell("a cancel", glyph+" "+v.String(), ink)
	}
	clear(said)
	for _, s := range []client.MessageStatus{client.MessageQueued, client.MessageSent, client.MessageDelivered, client.MessageNotSent, client.MessageBounced, "unheard_of"} {
		word, ink := Message(th, s)
		tell("a message", word, ink)
		if strings.Contains(word, "_") {
			t.Errorf("%q is no English", word)
		}
	}
}

func TestWhatIsUnheardOfIsNeverTakenForGood(t *testing.T) {
	th := theme.New(theme.Options{})
	if _, ink := Message(th, "unheard_of"); ink == theme.OK {
		t.Error("an unknown status of a message looks well")
	}
	if _, ink := status(th.Glyphs, "unheard_of"); ink == theme.OK {
		t.Error("an unknown status of a run looks well")
	}
	if word, ink := Event(th, "message.exploded"); ink != theme.Attention || !strings.Contains(word, "message.exploded") {
		t.Errorf("an unknown event reads %q in ink %v", word, ink)
	}
	if _, ink := verdict(th.Glyphs, cancel.Failed); ink != theme.Danger {
		t.Errorf("a cancel that failed is in ink %v", ink)
	}
}

func TestEventsSayRunForShort(t *testing.T) {
	th := theme.New(theme.Options{})
	for kind, want := range map[string]string{
		"workflow_recipient_run.started": th.Glyphs.Processing + " run.started",
		"message.delivered":              th.Glyphs.Completed + " message.delivered",
		"message.bounced":                th.Glyphs.Error + " message.bounced",
		"a\x1b[31mb":                     th.Glyphs.Unconfirmed + " a␛[31mb",
	} {
		if word, _ := Event(th, kind); word != want {
			t.Errorf("%q reads %q, want %q", kind, word, want)
		}
	}
	if !events.Known("workflow_recipient_run.started") {
		t.Error("Knock's own event is not known")
	}
}

func TestScreensFitAnyWidth(t *testing.T) {
	th := theme.New(theme.Options{})
	const what, help = "No pending runs for invite-reminder that match \x1b[2Jthe filter.", "f changes the filter."
	for _, width := range []int{20, 40, 80, 200} {
		for name, screen := range map[string]string{"empty": Empty(th, what, help, width), "failed": Failed(th, what, help, width)} {
			text := ansi.Strip(screen)
			if !strings.Contains(strings.Join(strings.Fields(text), " "), help) || strings.Contains(text, "\x1b") {
				t.Errorf("%s at %d reads %q", name, width, text)
			}
			for line := range strings.SplitSeq(text, "\n") {
				if ansi.StringWidth(line) > max(width, 16) {
					t.Errorf("%s at %d has a line of %d cells", name, width, ansi.StringWidth(line))
				}
			}
		}
	}
	if one := ansi.Strip(Empty(th, "No runs.", "f helps.", 80)); one != "\n   No runs.  f helps." {
		t.Errorf("where there is room, it takes more than a line: %q", one)
	}
}
