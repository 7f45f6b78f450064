package compose_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/compose"
	"github.com/knockops/knockops/views/jsonpage"
	"github.com/knockops/knockops/views/runs"
	"github.com/knockops/knockops/views/users"
)

func pages(s *ops.Session) []ui.Page {
	var all []ui.Page
	for _, p := range [][]ui.Page{compose.Pages(s), users.Pages(s), runs.Pages(s), jsonpage.Pages()} {
		all = append(all, p...)
	}
	return all
}

func play(t *testing.T, with ui.Params, story func(*world.World)) {
	t.Helper()
	world.Play(t, world.Options{Pages: pages, Start: compose.Name, With: with}, story)
}

// goTo moves to the field with this label.
func goTo(w *world.World, label string) *tuitest.Stage {
	for range 12 {
		if strings.Contains(w.Stage.Text(), "▌ "+label) {
			break
		}
		w.Stage.Press("tab")
	}
	return w.Stage.See("▌ " + label)
}

// say answers the confirm with yes.
func say(w *world.World) *tuitest.Stage {
	return w.Stage.See("No, keep the draft").Wait(time.Second).Press("tab", "right", "enter")
}

// triggers are the bodies that were sent to a workflow.
func triggers(w *world.World, workflow string) []emulator.Request {
	return w.Sent("POST", "/v1/workflows/"+workflow+"/trigger")
}

func body(t *testing.T, r emulator.Request) map[string]any {
	t.Helper()
	var b map[string]any
	if err := json.Unmarshal(r.Body, &b); err != nil {
		t.Fatal(err)
	}
	return b
}

func wantBody(t *testing.T, r emulator.Request, want string) {
	t.Helper()
	have, err := json.Marshal(body(t, r))
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != want {
		t.Errorf("sent\n%s, want\n%s", have, want)
	}
}

func TestSendFollowAndCancelByKeysAlone(t *testing.T) {
	play(t, nil, func(w *world.World) {
		w.Stage.Press("ctrl+o").See("Trigger a workflow", "inactive").Type("invoice-due").Press("enter").See("Invoice due", "delay_1, email_1")
		w.Stage.Type("dana").Press("enter").Type("emeka")
		goTo(w, "Data").Type(`{"invoice_id":"INV-7"}`)
		goTo(w, "Cancellation key").Press("right", "right").See("the pattern below")
		goTo(w, "Key or").Type("invoice-{data.invoice_id}").See(`"cancellation_key": "invoice-INV-7"`)
		w.Stage.Press("ctrl+s").See("Send invoice-due to 2 recipients in development", "to dana, emeka", "cancellation key invoice-INV-7")
		say(w).See("sent invoice-due to 2 recipients", "key invoice-INV-7")
		wantBody(t, triggers(w, "invoice-due")[0], `{"cancellation_key":"invoice-INV-7","data":{"invoice_id":"INV-7"},"recipients":["dana","emeka"]}`)

		w.Stage.Wait(10*time.Second).See("2 runs · 2 paused", "delay_1")
		w.Stage.Press("c").See("Cancel 2 runs in development", "invoice-INV-7").Wait(time.Second).Press("tab", "right", "enter").See("requested")
		w.Stage.Wait(20*time.Second).See("confirmed", "2 runs · 2 cancelled")
		w.SentTimes(1, "POST", "/cancel")
		w.Stage.Press("c").See("all runs of this trigger have ended")
		w.Stage.Press("ctrl+s").See("This was sent already").Wait(time.Second).Press("esc")
		w.Stage.Press("ctrl+n").See("ctrl+t last sent").Miss("2 cancelled").Press("ctrl+t").See("2 runs · 2 cancelled").Press("esc")
		w.Stage.Press("enter").See("Run", "invoice-due")
	})
}

func TestEveryFormOfRecipient(t *testing.T) {
	play(t, ui.Params{compose.Workflow: "welcome"}, func(w *world.World) {
		goTo(w, "Recipients").Paste("dana\n\nprojects/atlas\n\"a/b, c\"\n{\"id\":\"new_1\",\"email\":\"n@acme.test\",\"$trigger_data\":{\"n\":1}}\nwith space ü%?#")
		goTo(w, "Actor").Type("emeka")
		goTo(w, "Tenant").Type(`{"id":"acme","name":"Acme"}`)
		goTo(w, "Sandbox mode").Press("right")
		goTo(w, "Skip delays").Press("left")
		w.Stage.See("Send to 5 recipients in development").Press("ctrl+s").See("Sandbox mode: messages are generated but not delivered")
		say(w).See("sent welcome to 5 recipients")
		b := body(t, triggers(w, "welcome")[0])
		delete(b, "cancellation_key")
		have, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		want := `{"actor":"emeka","recipients":["dana",{"collection":"projects","id":"atlas"},"a/b, c",{"$trigger_data":{"n":1},"email":"n@acme.test","id":"new_1"},"with space ü%?#"],"settings":{"sandbox_mode":true,"skip_delay":false},"tenant":{"id":"acme","name":"Acme"}}`
		if string(have) != want {
			t.Errorf("sent\n%s, want\n%s", have, want)
		}
	})
}

func TestRecipientsThatAreWrongSayWhereAndWhy(t *testing.T) {
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "u%d\n", i)
		}
		return b.String()
	}
	for _, c := range []struct{ typed, says string }{
		{"", "a trigger is for somebody"},
		{"dana\nuser_1, user_2", "line 2: one recipient a line"},
		{"dana\nemeka\ndana", "line 3: dana is in line 1 already"},
		{"dana\n{\"id\":}", "line 2: column 7"},
		{"/x\nprojects/", "(and 1 line more)"},
		{strings.Repeat("x", 256), "at most 255"},
		{many(1001), "there are 1,001 recipients; one trigger takes at most 1,000"},
	} {
		play(t, ui.Params{compose.Workflow: "welcome"}, func(w *world.World) {
			goTo(w, "Recipients").Paste(c.typed).Press("ctrl+s")
			if have := strings.Join(strings.Fields(regexp.MustCompile(`[│▌]`).ReplaceAllString(w.Stage.Text(), " ")), " "); !strings.Contains(have, c.says) {
				t.Errorf("%.40q: %q is not on the screen:\n%s", c.typed, c.says, w.Stage.Text())
			}
			w.SentTimes(0, "POST", "/trigger").Stage.Miss("No, keep the draft")
		})
	}
}

func TestAThousandRecipientsAskForTheWorkflowsKey(t *testing.T) {
	play(t, ui.Params{compose.Workflow: "welcome"}, func(w *world.World) {
		var b strings.Builder
		for i := range 1000 {
			fmt.Fprintf(&b, "u%d\n", i)
		}
		goTo(w, "Recipients").Paste(b.String()).See("Send to 1,000 recipients").Press("ctrl+s").See("Type the workflow's key to continue: welcome")
		w.Stage.Wait(time.Second).Press("tab", "tab", "right", "enter").See("exactly")
		w.SentTimes(0, "POST", "/trigger").Stage.Type("welcome").Press("tab", "right", "enter").See("sent welcome to 1,000 recipients")
	})
}

func TestDataIsHeldAgainstJSONAndTheSchema(t *testing.T) {
	play(t, ui.Params{compose.Workflow: "invoice-due", compose.To: "dana"}, func(w *world.World) {
		w.Stage.See(`"data": ! missing property 'invoice_id'`)
		goTo(w, "Data").Type(`{"invoice_id": `).See("line 1, column", `"data": ! line 1, column 16`)
		w.Stage.Press("ctrl+s").See("not sent: Data: line 1, column 16", `{"invoice_id": `)
		w.Stage.Type(`7}`).See("! /invoice_id got number, want string", "breaks the workflow's schema")
		w.Stage.Press("ctrl+s").See("not sent: Data: /invoice_id got number, want string")
		w.Stage.Press("ctrl+u").Type(`[1]`).Press("ctrl+s").See("must be a JSON object")
		w.Stage.Press("ctrl+u").Type(`{"invoice_id":"7","amount":-1}`).See("/amount")
		w.Stage.Press("backspace", "backspace", "backspace").Type(`1}`).Miss("/amount", "schema")
		w.SentTimes(0, "POST", "/trigger")
	})
}

func TestWaysToACancellationKey(t *testing.T) {
	uuid := regexp.MustCompile(`· key [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-`)
	hash := regexp.MustCompile(`· key [0-9a-f]{16}\n`)
	play(t, ui.Params{compose.Workflow: "welcome", compose.To: "dana"}, func(w *world.World) {
		if !uuid.MatchString(w.Stage.Text()) {
			t.Errorf("no UUID is offered:\n%s", w.Stage.Text())
		}
		goTo(w, "Cancellation key").Press("right").See("what is typed below").Press("ctrl+s").See("type the key, or choose")
		goTo(w, "Cancellation key").Press("right", "right").See("a hash of workflow and data")
		if !hash.MatchString(w.Stage.Text()) {
			t.Errorf("no hash is offered:\n%s", w.Stage.Text())
		}
		w.Stage.Press("right").See("no key: it cannot be cancelled").Miss("cancellation_key")
		goTo(w, "Key or").Type("k-1").See("what is typed below", `"cancellation_key": "k-1"`)
		goTo(w, "Cancellation key").Press("left").See("a new UUID")
		goTo(w, "Key or").Press("ctrl+u").Type("x-").See("what is typed below").Type("{data.").See("the pattern below", "no placeholder").Type("id}").See("the data has no id")
		goTo(w, "Data").Type(`{"id":9}`).See(`"cancellation_key": "x-9"`)
	})
}

func TestInactiveAndUnknownWorkflows(t *testing.T) {
	play(t, ui.Params{compose.Workflow: "old-newsletter", compose.To: "dana"}, func(w *world.World) {
		w.Stage.See("inactive: Knock refuses its triggers").Press("ctrl+s").See("was inactive when its state was read")
		say(w).See("▌ Workflow", "! the workflow is not active in this", "dana", "request id")
		w.Stage.Press("ctrl+u").Type("welcom").See("there is no workflow welcom in development", "did you mean welcome?")
		w.Stage.Press("esc", "ctrl+s").See("not sent: there is no workflow welcom in development; did you mean welcome?").Miss("No, keep the draft")
		w.Stage.Type("e").Wait(10 * time.Second).Press("ctrl+s")
		say(w).See("sent welcome to 1 recipient")
	})
}

func TestWithoutAServiceTokenTheWorkflowIsTyped(t *testing.T) {
	world.Play(t, world.Options{Pages: pages, Start: compose.Name, NoServiceToken: true}, func(w *world.World) {
		w.Stage.Press("ctrl+o").See("the workflows are not known, so type the key", "service token").Type("invoice-due").Press("tab").Type("dana")
		w.Stage.Press("ctrl+s")
		say(w).See("▌ Data", "invoice_id", "invoice-due")
	})
}

// lose sends, and cuts the network while Knock is at it.
func lose(w *world.World) {
	w.Stage.Press("ctrl+s")
	say(w).Wait(time.Second).See("sending: ")
	w.Network.Cut()
	w.Stage.Wait(3*time.Minute).See("The answer was lost", "under the same idempotency", "once at")
	w.Network.Mend()
}

func slow(workflow string) world.Options {
	return world.Options{Pages: pages, Start: compose.Name, With: ui.Params{compose.Workflow: workflow, compose.To: "dana"}, Emulator: emulator.Options{Latency: 4 * time.Second}}
}

func TestALostAnswerIsRepeatedUnderTheSameIdempotencyKey(t *testing.T) {
	world.Play(t, slow("invite-reminder"), func(w *world.World) {
		first := idempotencyKey(t, w)
		lose(w)
		if again := idempotencyKey(t, w); again != first {
			t.Errorf("the repeat goes under %s, the first went under %s", again, first)
		}
		w.Stage.See("dana", "invite-reminder").Press("ctrl+s").See("It may have been sent before")
		say(w).Wait(30 * time.Second).See("1 run · 1 paused").Press("ctrl+t")
		if next := idempotencyKey(t, w); next == first {
			t.Errorf("the next draft has the idempotency key of the one that was sent: %s", next)
		}
	})
}

func TestAnotherRequestThanTheLostOneGoesUnderAnotherKey(t *testing.T) {
	world.Play(t, slow("welcome"), func(w *world.World) {
		first := idempotencyKey(t, w)
		lose(w)
		goTo(w, "Recipients").Type("x")
		if other := idempotencyKey(t, w); other == first {
			t.Error("another request goes under the key of the one that may have been sent")
		}
		w.Stage.Press("ctrl+s").See("may have been sent as well", "does not repeat that one").Press("esc").Wait(time.Second).Press("esc")
		goTo(w, "Recipients").Press("backspace")
		if same := idempotencyKey(t, w); same != first {
			t.Errorf("the request as it was goes under %s, want %s", same, first)
		}
	})
}

func TestAReplayIsToldAsOne(t *testing.T) {
	play(t, ui.Params{compose.Workflow: "invite-reminder", compose.To: "dana"}, func(w *world.World) {
		goTo(w, "Cancellation key").Press("right")
		goTo(w, "Key or").Type("k-1")
		before := client.Trigger{
			Workflow: "invite-reminder", CancellationKey: "k-1", IdempotencyKey: idempotencyKey(t, w),
			Recipients: []client.Recipient{{Ref: client.Ref{ID: "dana"}}},
		}
		if _, err := w.Session.Client.Trigger(context.Background(), before); err != nil {
			t.Fatal(err)
		}
		w.Stage.Press("ctrl+s")
		say(w).See("nothing was sent twice").Wait(10 * time.Second).See("1 run · 1 paused")
	})
}

func TestAnUnreachableKnockKeepsTheDraft(t *testing.T) {
	play(t, ui.Params{compose.Workflow: "welcome", compose.To: "dana"}, func(w *world.World) {
		w.Network.Cut()
		w.Stage.Press("ctrl+s")
		say(w).Wait(3*time.Minute).See("network is unreachable", "dana", "welcome").Miss("repeats it")
		w.Network.Mend()
		w.Stage.Press("ctrl+s").Miss("may have been sent")
		say(w).See("sent welcome to 1 recipient")
	})
}

var idempotency = regexp.MustCompile(`Idempotency-Key:[^\n]*\n[^│]*│ +([0-9a-f-]{36})`)

// idempotencyKey reads the key off the preview.
func idempotencyKey(t *testing.T, w *world.World) string {
	t.Helper()
	m := idempotency.FindStringSubmatch(w.Stage.Text())
	if m == nil {
		t.Fatalf("there is no idempotency key:\n%s", w.Stage.Text())
	}
	return m[1]
}

func TestDraftsOutliveThePage(t *testing.T) {
	play(t, nil, func(w *world.World) {
		w.Stage.Type("welcome").Press("tab").Type("dana").Press("esc", ":").Type("users").Press("enter").See("Dana Whitfield")
		w.Stage.Press("esc").See("Compose", "welcome", "dana")
		w.Stage.Press("2", "/").Type("emeka").Press("enter", "t").See("emeka", "2 drafts", "ctrl+r opens it")
		w.Stage.Press("ctrl+r").See("welcome", "dana", "1 recipient")
		w.Stage.Press("ctrl+n").See("Start a new draft").Wait(time.Second).Press("enter").See("dana")
		w.Stage.Press("ctrl+n").Wait(time.Second).Press("right", "enter").Miss("dana").See("0 recipients")
	})
}

func TestLeavingWhileItIsSentSendsAllTheSame(t *testing.T) {
	o := world.Options{Pages: pages, Start: users.Name, Emulator: emulator.Options{Latency: 5 * time.Second}}
	world.Play(t, o, func(w *world.World) {
		w.Stage.Wait(20*time.Second).Press("/").Type("dana").Press("enter", "t").Wait(20 * time.Second)
		w.Stage.Press("shift+tab", "shift+tab")
		goTo(w, "Workflow").Type("welcome").Press("ctrl+s")
		say(w).See("sending: ").Press("esc", "esc").See("Users").Until("sent welcome to 1 recipient", time.Minute)
		w.Stage.Press("1").Wait(30 * time.Second).See("1 run · 1 completed")
	})
}

func TestRequestAsCurlNeverHasTheKey(t *testing.T) {
	play(t, ui.Params{compose.Workflow: "welcome", compose.To: "dana"}, func(w *world.World) {
		w.Stage.Press("ctrl+t").See("curl -X POST", "$KNOCK_API_KEY").Miss(emulator.DemoAPIKey)
		w.Stage.Press("esc", "C").See("copied the request as curl")
		w.Stage.Press("Y").See("copied the cancellation key")
	})
}

func TestProtectedProfileWantsItsWorkflowTyped(t *testing.T) {
	o := world.Options{Pages: pages, Start: compose.Name, Protected: true, With: ui.Params{compose.Workflow: "welcome", compose.To: "dana"}}
	world.Play(t, o, func(w *world.World) {
		w.Stage.Press("ctrl+s").See("read-only").Miss("No, keep the draft")
		w.Session.Guard.Arm(time.Hour)
		w.Stage.Wait(2 * time.Second).Press("ctrl+s").See("Type the workflow's key").Wait(time.Second)
		w.Stage.Press("tab").Type("welcome").Press("tab", "right", "enter").See("A reason is required")
		w.Stage.Type("ticket 7").Press("tab", "tab", "right", "enter").See("sent welcome to 1 recipient")
	})
}

func TestAnObjectFansOutToItsSubscribers(t *testing.T) {
	play(t, ui.Params{compose.Workflow: "invite-reminder", compose.To: "projects/atlas, dana"}, func(w *world.World) {
		w.Stage.See("Send to 2 recipients").Press("ctrl+s")
		say(w).Wait(20*time.Second).See("4 runs · 4 paused", "projects/atlas", "emeka")
	})
}

func TestNarrowWindowsShowWarningsUnderTheForm(t *testing.T) {
	o := world.Options{Pages: pages, Start: compose.Name, Stage: tuitest.Options{Width: 80, Height: 24}, With: ui.Params{compose.Workflow: "old-newsletter", compose.To: "dana"}}
	world.Play(t, o, func(w *world.World) { w.Stage.See("! inactive: Knock refuses its triggers") })
}

func TestComposeFitsAnyWindow(t *testing.T) {
	for _, size := range []tuitest.Options{{Width: 60, Height: 12}, {Width: 80, Height: 24}, {Width: 200, Height: 60}} {
		o := world.Options{Pages: pages, Start: compose.Name, Stage: size, With: ui.Params{compose.Workflow: "invite-reminder", compose.To: "dana"}}
		world.Play(t, o, func(w *world.World) {
			shrink := func() { w.Stage.Resize(20, 12).Resize(1, 1).Resize(20, 200).Resize(size.Width, size.Height) }
			shrink()
			w.Stage.Press("ctrl+t").See("ctrl+s").Press("ctrl+t")
			shrink()
			w.Stage.See("curl").Press("ctrl+t").Press("ctrl+s")
			say(w).Wait(10 * time.Second).See("1 run · 1 paused")
			shrink()
			w.Stage.Press("down", "down", "up", "i").See("ctrl+s")
		})
	}
}

// A check says beside the form what would be sent and what would stop it, and sends nothing; the data takes the form
// that the workflow wants, by one key.
func TestADraftIsCheckedBeforeItIsSent(t *testing.T) {
	play(t, ui.Params{compose.Workflow: "welcome", compose.To: "dana noemail"}, func(w *world.World) {
		s := w.Stage.Press("f8").Until("2 runs", time.Minute).See("nothing was sent", "✓ email sends", "! email stops: there is no email address to")
		s.Press("ctrl+s").See("It makes 2 runs.", "The check found what would not be sent: f8").Wait(time.Second).Press("esc")
		goTo(w, "Tenant").Type("globex").See("the draft has changed since").Press("f8").Until("2 runs", time.Minute).Miss("the draft has changed")
		s.Press("ctrl+t").See("POST /v1/workflows/welcome/trigger")
		w.SentTimes(0, "POST", "/trigger")
	})
	play(t, ui.Params{compose.Workflow: "invoice-due", compose.To: "dana"}, func(w *world.World) {
		w.Stage.Press("f8").See("not checked: Data", "invoice_id")
		w.Stage.Press("ctrl+g").See(`"invoice_id": ""`).Press("ctrl+g").See(`"invoice_id": ""`)
	})
}

// What is asked before a trigger names what it carries.
func TestTheConfirmNamesTenantActorAndData(t *testing.T) {
	play(t, ui.Params{compose.Workflow: "invite-reminder", compose.To: "projects/atlas"}, func(w *world.World) {
		goTo(w, "Actor").Type("rosa")
		goTo(w, "Tenant").Type("globex")
		goTo(w, "Data").Type(`{"project":"x"}`)
		goTo(w, "Key or").Type("invite").Press("ctrl+s").See("tenant globex · actor rosa · 15 bytes of data", "It makes 4 runs, 3 of them for subscribers.", "looks like a constant")
	})
}

// Workflows are found by key or name, users by id, name or address, objects as they are written, as one types.
func TestWorkflowAndRecipientsCompleteAsOneTypes(t *testing.T) {
	play(t, nil, func(w *world.World) {
		s := w.Stage
		goTo(w, "Workflow").Type("INVITE").See("invite-reminder  Invite reminder").Press("down", "enter").Miss("more").See("Workflow          invite-reminder")
		goTo(w, "Recipients").Type("rosa@").See("rosa  Rosa").Press("down", "enter").Miss("rosa  Rosa").Press("enter")
		s.Type("projects/").See("projects/borealis").Type("atl").Press("down", "enter", "enter").Type("nobody-of-this-name").Press("enter").Type("dana")
		s.Press("ctrl+s").See("to rosa, projects/atlas, nobody-of-this-name, dana")
	})
}

func TestATemplateIsSavedOpenedAndSent(t *testing.T) {
	play(t, ui.Params{compose.Workflow: "invoice-due", compose.To: "dana\nemeka"}, func(w *world.World) {
		goTo(w, "Data").Type(`{"invoice_id":"INV-7"}`)
		goTo(w, "Key or").Type("invoice-{data.invoice_id}")
		w.Stage.Press("f9").See("type a name to save this draft under").Type("../x").See("Save this draft as ../x").Press("enter").See("not saved: a template's name")
		w.Stage.Press("f9").Type("monday").Press("enter").See("saved as template monday", "knockops trigger --template monday")
		w.Stage.Press("ctrl+n").See("Start a new draft").Wait(time.Second).Press("right", "enter").Miss("INV-7")
		w.Stage.Press("f9").See("monday", "invoice-due to 2 recipients").Type("monday").See("Replace monday by this draft").Press("enter").See("INV-7", "Send to 2 recipients")
		w.SentTimes(0, "POST", "/trigger")
		w.Stage.Press("ctrl+s").See("cancellation key invoice-INV-7")
		say(w).See("sent invoice-due to 2 recipients")
		wantBody(t, triggers(w, "invoice-due")[0], `{"cancellation_key":"invoice-INV-7","data":{"invoice_id":"INV-7"},"recipients":["dana","emeka"]}`)
	})
}

func TestATemplateOfAnotherKeyIsNotOpened(t *testing.T) {
	play(t, nil, func(w *world.World) {
		if err := w.Session.Journal.SaveTemplate(context.Background(), journal.Draft{Name: "monday", Binding: "api.knock.app 0123", Body: json.RawMessage(`{"workflow":"welcome","recipients":"dana"}`)}); err != nil {
			t.Fatal(err)
		}
		w.Stage.Press("f9").See("monday", "of another key").Press("enter").See("saved with another key").Miss("dana")
	})
}

func TestWhatWasNotSentIsThereTheNextTime(t *testing.T) {
	play(t, ui.Params{compose.Workflow: "invoice-due", compose.To: "dana"}, func(w *world.World) {
		goTo(w, "Data").Type(`{"invoice_id":"INV-7"}`)
		first := idempotencyKey(t, w)
		again := w.Session
		if kept, err := again.Drafts(context.Background()); err != nil || len(kept) != 0 {
			t.Fatalf("%d drafts are kept before the console is left, %v", len(kept), err)
		}
		w.Session.Keep(closing(func() {
			kept, err := again.Drafts(context.Background())
			if err != nil || len(kept) != 1 || kept[0].Data != `{"invoice_id":"INV-7"}` || kept[0].Recipients != "dana" || first != kept[0].Idempotency {
				t.Errorf("kept are %+v, %v; it was under %s", kept, err, first)
			}
		}))
	})
}

// closing is a task that is nothing but its end.
type closing func()

func (closing) InProgress() int { return 0 }
func (c closing) Close()        { c() }

func TestADraftThatMayHaveBeenSentIsRepeatedTheNextTime(t *testing.T) {
	const before, after = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
	kept := []ops.KeptDraft{{Draft: ops.Draft{Workflow: "welcome", Recipients: "dana", KeyFrom: ops.KeyNone}, UUID: "u", Idempotency: before, Next: after}}
	body := `["welcome",["dana"],null,null,"",""` + ",null,null]"
	for _, c := range []struct {
		ago  time.Duration
		says string
		key  string
	}{{time.Hour, "Knock runs it once at most", before}, {48 * time.Hour, "whether its runs are there", after}} {
		pages := func(s *ops.Session) []ui.Page {
			kept[0].Tried, kept[0].TriedAt = body, time.Now().Add(-c.ago)
			if err := s.KeepDrafts(context.Background(), kept); err != nil {
				t.Fatal(err)
			}
			return pages(s)
		}
		world.Play(t, world.Options{Pages: pages, Start: compose.Name}, func(w *world.World) {
			w.Stage.See("dana", "welcome", c.says)
			if have := idempotencyKey(t, w); have != c.key {
				t.Errorf("it goes under %q, want %q", have, c.key)
			}
			w.Stage.Press("ctrl+s")
			say(w).See("sent welcome to 1 recipient")
		})
	}
}
