package ui_test

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/tuitest"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
)

// pane is a docked view that shows what happened to it.
type pane struct {
	plain
	follows string
	clicked string
}

func (p *pane) Crumb() string { return strings.TrimSpace("all " + p.follows) }
func (p *pane) Note() string  { return "7 new" }
func (p *pane) View() string  { return "pane " + p.log + p.clicked + "\n" + strings.Repeat("x", 500) }

func (p *pane) Follow(s ui.Subject) tea.Cmd {
	p.follows = strings.TrimSpace(s.Kind + " " + s.ID)
	return nil
}

func (p *pane) Update(msg tea.Msg) tea.Cmd {
	if m, ok := msg.(tea.MouseClickMsg); ok {
		p.clicked = m.String()
	}
	return p.plain.Update(msg)
}

func (*pane) goes() tea.Cmd { return ui.Toast(ui.Info, "the pane goes") }

// selected is a page with something to follow.
type selected struct {
	plain
	subject ui.Subject
}

func (p *selected) Subject() ui.Subject { return p.subject }

func (p *selected) next() tea.Cmd {
	p.subject.ID += "x"
	return nil
}

func docking(docked *ui.Env) func(func(func())) tea.Model {
	return func(cleanup func(func())) tea.Model {
		pages := []ui.Page{
			{Name: "one", Title: "one", Bindings: []ui.Binding{ui.Bind(keymap.Action{ID: "one.next", Title: "Next", Short: "next", Keys: []string{"n"}}, (*selected).next)},
				Open: func(env ui.Env, _ ui.Params) ui.View {
					return &selected{plain: plain{env: env, name: "one"}, subject: ui.Subject{Kind: ui.SubjectRun, ID: "r"}}
				}},
			{Name: "two", Title: "two", Open: func(env ui.Env, _ ui.Params) ui.View { return &plain{env: env, name: "two"} }},
			{Name: "feed", Title: "Feed", Bindings: []ui.Binding{ui.Bind(keymap.Action{ID: "feed.go", Title: "Go", Short: "go", Keys: []string{"g"}}, (*pane).goes)},
				Open: func(env ui.Env, _ ui.Params) ui.View { return &plain{env: env, name: "feed"} },
				Dock: func(env ui.Env) ui.Docked {
					*docked = env
					return &pane{plain: plain{env: env, name: "pane"}}
				}},
		}
		keys := keymap.New()
		ui.Register(keys, pages)
		app := ui.New(ui.Config{Pages: pages, Keys: keys, Status: func() ui.Status { return ui.Status{Profile: "test", Events: "feed 3/s"} },
			Theme: theme.Options{Dark: true}, Start: "one"})
		cleanup(app.Close)
		return app
	}
}

func TestDock(t *testing.T) {
	var env ui.Env
	tuitest.Run(t, size, docking(&env), func(s *tuitest.Stage) {
		s.See("feed 3/s", "E feed").Press("B").See("the pane is not shown").Wait(6 * time.Second)
		s.Press("E").See("── Feed · all ──", "7 new ──", "pane", "body of one", "n next").Wait(2 * time.Second).See("late answer for pane")
		s.Press("g").See("g does nothing here").Wait(6 * time.Second).Press("W").See("g go").Press("g").See("the pane goes")
		s.Press("n").See("n does nothing here").Wait(6 * time.Second).Press("esc").See("n next")
		s.Press("F").See("all run r ").Press("n").See("all run rx ").Press("2").See("all run rx ", "body of two") // which has nothing to follow
		s.Press("esc", "n").See("all run rxx ").Press("F").See("all ──")
		s.Press("3").See("body of feed").Miss("── Feed").Press("E").See("this page shows what the pane would")
		s.Press("1").See("── Feed").Press("E").Miss("── Feed").Press("E").See("late answer for pane") // it lived on
	})
	if env.Context().Err() == nil {
		t.Error("the pane outlives the console")
	}
}

func TestDockPlacesAndMouse(t *testing.T) {
	var env ui.Env
	tuitest.Run(t, size, docking(&env), func(s *tuitest.Stage) {
		s.Press("E", "B").See("goes beside the page once the window is wider").Resize(160, 40).Wait(6*time.Second).See("│── Feed", "n next")
		x, y := at(s, "pane")
		s.Click(x+2, y+3).See("g go", "left")
		if _, row := at(s, "── Feed"); row != 3 {
			t.Errorf("the pane begins at row %d:\n%s", row, s.Text())
		}
		s.Click(3, 10).See("n next").Click(at(s, "Feed")).See("g go")
		s.Resize(80, 14).See("feed pane: no room", "n next").Press("W").See("there is no room for the feed pane").Resize(80, 24).Miss("no room ·")
	})
}
