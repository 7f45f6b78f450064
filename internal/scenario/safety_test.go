package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui"
)

// hostile is what comes from outside: it would draw, hide, reorder or break
// columns if a terminal ever got it. That none does, the world itself checks
// at every frame.
var hostile = []string{
	"\x1b[2J\x1b[H\x1b[31mred\x1b]0;owned\x07",
	"\x1bPq#0\x1b\\\x9b31m\u009b1m",
	"nul\x00bell\x07back\x08\x08\x08\ttab\rreturn\nline",
	"\u202egnp.exe\u2066\u200f\u200b\ufeff",
	"漢字仮名交じり文の名前",
	"👩‍👩‍👧‍👦🏳️‍🌈 e\u0301\u0301\u0301\u0301 ก็็็็",
	"שלום עולם مرحبا",
	strings.Repeat("wide ", 2_000),
	"\xff\xfe broken",
}

func TestNothingFromOutsideActsOnTheTerminal(t *testing.T) {
	fullscale.Unraced(t)
	for i, bad := range fullscale.First(1, hostile) {
		t.Run(fmt.Sprintf("%.12q", bad), func(t *testing.T) {
			o := linked(console)
			world.Play(t, o, func(w *world.World) {
				user := bad
				if client.CheckID("user id", bad) != nil {
					user = fmt.Sprint("u", i) // the client itself refuses such an id
				}
				_, err := w.Session.Client.Identify(context.Background(), user, map[string]any{
					"name": bad, "email": "u@acme.test", "phone_number": bad, "note\x1b[31m": map[string]any{bad: bad},
				})
				if err != nil {
					t.Fatal(err)
				}
				data, err := json.Marshal(map[string]any{"name": bad, bad: bad})
				if err != nil {
					t.Fatal(err)
				}
				w.Trigger("invite-reminder", "plain-1", "", "dana")
				w.TryTrigger("invite-reminder", bad, string(data), "dana") // a key that the client refuses reaches nobody
				w.TryTrigger("welcome", "", string(data), fmt.Sprintf(`{"id": %q, "name": "x"}`, user))
				tour(t, w, user)
			})
		})
	}
}

// tour goes everywhere that something of a user is shown.
func tour(t *testing.T, w *world.World, user string) {
	t.Helper()
	s := w.Stage
	goTo(s, "runs").Until("plain-1", time.Minute).Wait(5 * time.Second)
	aligned(t, w)
	for range 3 {
		s.Press("down", "c").Wait(time.Second).Press("esc", "K").Wait(time.Second).Press("esc", "enter").Wait(2*time.Second).Press("J", "end", "esc", "esc")
	}
	s.Press("/").Paste(user).Press("enter", "f").Paste(user).Press("tab").Paste(user).Press("esc", "/", "esc")
	s.Press("ctrl+p").Type("users").Press("enter").Wait(2*time.Second).Press("/").Paste(user).Wait(time.Second).Press("enter", "enter").Wait(5 * time.Second)
	for range 8 {
		s.Press("tab", "down", "enter").Wait(2*time.Second).Press("J", "pgdown", "y", "esc", "esc", "?", "esc")
	}
	s.Press("ctrl+p").Type("users").Press("enter", "i").Paste(user).Press("tab").Paste(user).Press("ctrl+s").Wait(2*time.Second).Press("esc", "esc")
	s.Press("ctrl+p").Type("compose").Press("enter").Paste(user).Press("tab").Paste(user).Press("tab", "tab", "tab").Paste(`{"x": "` + user + `"}`).Press("ctrl+s").Wait(time.Second)
	s.Press("esc", "ctrl+t", "ctrl+p").Paste(user).Press("esc")
	goTo(s, "requests").Press("end")
}

// aligned fails unless the columns of all runs begin where the header says.
func aligned(t *testing.T, w *world.World) {
	t.Helper()
	w.Stage.See("SOURCE")
	lines := strings.Split(w.Frame(), "\n")
	before, _, _ := strings.Cut(lines[3], "SOURCE")
	column := ansi.StringWidth(before)
	rows := 0
	for _, l := range lines[4:] {
		if !strings.Contains(l, "invite-reminder") && !strings.Contains(l, "welcome") {
			continue
		}
		rows++
		if cell := ansi.Cut(l, column, column+5); cell != "api  " {
			t.Fatalf("a column is out of line, %q stands where api should:\n%s", cell, strings.Join(lines, "\n"))
		}
	}
	if rows == 0 {
		t.Fatal("no run is shown")
	}
}

// A confirm shows what it asks about for what it is, and can be answered.
func TestConfirmsOfHostileNamesCanBeAnswered(t *testing.T) {
	o := linked(console)
	o.Protected = true
	o.Start, o.With = "compose", ui.Params{"workflow": "invite-reminder", "to": "dana\u202egnp"}
	world.Play(t, o, func(w *world.World) {
		w.Session.Guard.Arm(time.Hour)
		w.Stage.Wait(2*time.Second).Press("ctrl+s").See("Send invite-reminder", `dana\u202egnp`)
		w.Stage.Wait(time.Second).Paste("\u202eticket").See(`\u202eticket`).Press("ctrl+u")
		w.Yes("ticket").Until("1 paused", time.Minute).Wait(10 * time.Second).Press("c")
		w.Yes("ticket").Until("cancel: 1 confirmed", time.Minute)
	})
}
