package detailpage_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/detailpage"
	"github.com/knockops/knockops/views/jsonpage"
)

type thing struct {
	id  string
	raw json.RawMessage
}

type detail struct{ *detailpage.Page[thing] }

func (d *detail) polish(t thing) tea.Cmd { return ui.Toast(ui.Good, "polished %s", t.id) }

func (d *detail) cannotPolish(t thing) string {
	if t.id == "mud" {
		return "mud stays mud"
	}
	return ""
}

// play shows what read reads.
func play(t *testing.T, every time.Duration, read func() (thing, error), story func(*tuitest.Stage)) {
	t.Helper()
	page := ui.Page{
		Name: "thing", Title: "Thing", Scopes: detailpage.Scopes,
		Bindings: []ui.Binding{detailpage.On(keymap.Action{ID: "thing.polish", Title: "Polish", Keys: []string{"c"}}, (*detail).polish, (*detail).cannotPolish)},
		Open: func(env ui.Env, _ ui.Params) ui.View {
			return &detail{detailpage.New(env, detailpage.Spec[thing]{
				Noun: "thing", Crumb: func() string { return "the \x1b[31mthing" }, Every: every,
				CopyOf: "thing id", Copied: func(t thing) string { return t.id },
				Raw:  func(t thing) (string, json.RawMessage) { return "thing " + t.id, t.raw },
				Read: func(context.Context) (thing, error) { return read() },
				Draw: func(t thing, s *detailpage.Sheet) {
					s.Head(theme.OK, "✓ fine", t.id)
					s.Fact("Name", t.id)
					s.Fact("Nothing", "")
					s.Section("Document", "whole")
					s.JSON(t.raw, 3, "J shows it")
				},
			})}
		},
	}
	o := world.Options{Start: "thing", Pages: func(*ops.Session) []ui.Page { return append(jsonpage.Pages(), page) }}
	world.Play(t, o, func(w *world.World) { story(w.Stage) })
}

func TestAThingIsReadDrawnCopiedAndShownWhole(t *testing.T) {
	read := func() (thing, error) { return thing{"anvil", json.RawMessage(`{"a":1,"b":2,"c":3}`)}, nil }
	play(t, 0, read, func(s *tuitest.Stage) {
		s.See("✓ fine   anvil", "Name          anvil", "Document   whole", `"b": 2`, "… and 2 lines more: J shows it").Miss("Nothing", `"c"`, "\x1b[31m")
		s.Press("y").See("copied thing id anvil").Press("c").See("polished anvil").Press("J").See("thing anvil", `"c": 3`)
	})
}

func TestWhatCannotBeDoneSaysWhy(t *testing.T) {
	play(t, 0, func() (thing, error) { return thing{id: "mud"}, nil }, func(s *tuitest.Stage) {
		s.Press("c").See("mud stays mud").Press("J").See("there is no JSON of this thing")
	})
	play(t, 0, func() (thing, error) { return thing{}, nil }, func(s *tuitest.Stage) {
		s.Press("y").See("this thing has no thing id")
	})
}

func TestAReadingThatFailsKeepsWhatWasShown(t *testing.T) {
	var reads, failing atomic.Int64
	failing.Store(1)
	read := func() (thing, error) {
		reads.Add(1)
		if failing.Load() != 0 {
			return thing{}, errors.New("it is locked")
		}
		return thing{id: "anvil"}, nil
	}
	play(t, time.Second, read, func(s *tuitest.Stage) {
		s.See("it is locked", "r tries again").Press("c").See("the thing is still loading").Press("y").See("the thing is still loading")
		failing.Store(0)
		s.Until("anvil", 3*time.Second)
		failing.Store(1)
		s.Wait(3*time.Second).See("anvil", "as of").Miss("locked")
		before := reads.Load()
		s.Wait(10 * time.Second)
		if n := reads.Load() - before; n < 9 || n > 11 {
			t.Errorf("%d readings in 10 s of one a second", n)
		}
		s.Press("r", "r", "r").Wait(10 * time.Second)
		if n := reads.Load() - before; n > 25 {
			t.Errorf("%d readings in 20 s: refreshing makes it read more often", n)
		}
	})
}
