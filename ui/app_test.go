package ui_test

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"github.com/knockops/knockops/internal/tuitest"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
)

// plain is a page that shows what happened to it.
type plain struct {
	env  ui.Env
	name string
	log  string
	edit bool
}

type answer string

func (p *plain) Init() tea.Cmd {
	return p.env.Go(func(context.Context) tea.Msg {
		time.Sleep(time.Second)
		return answer("late answer for " + p.name)
	})
}

func (p *plain) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case answer:
		p.log = string(msg)
	case tea.KeyPressMsg:
		if msg.String() == "esc" {
			p.edit = false
			return nil
		}
		p.log += msg.Text
	}
	return nil
}

func (p *plain) View() string     { return "body of " + p.name + "\n" + p.log }
func (p *plain) SetSize(int, int) {}
func (p *plain) Crumb() string    { return "" }
func (p *plain) Note() string     { return "" }
func (p *plain) Editing() bool    { return p.edit }

func (p *plain) write() tea.Cmd {
	p.edit, p.log = true, ""
	return nil
}

func (p *plain) destroy() tea.Cmd {
	snapshot := p.log
	return ui.Show(ui.NewConfirm(p.env.Theme, ui.Confirm{
		Title: "Destroy", Lines: []string{"It is gone then."}, Yes: "Destroy", No: "No, keep it",
		OnYes: func(string) tea.Cmd { return ui.Toast(ui.Good, "destroyed %q", snapshot) },
	}))
}

func shell(status *ui.Status) func(func(func())) tea.Model {
	return themed(status, theme.Options{Dark: true})
}

func themed(status *ui.Status, look theme.Options) func(func(func())) tea.Model {
	return func(cleanup func(func())) tea.Model {
		page := func(name string, bindings ...ui.Binding) ui.Page {
			return ui.Page{Name: name, Title: name, Help: "The page " + name, Bindings: bindings, Arg: "id",
				Open: func(env ui.Env, p ui.Params) ui.View { return &plain{env: env, name: name + p["id"]} }}
		}
		pages := []ui.Page{
			page("one",
				ui.Bind(keymap.Action{ID: "one.edit", Title: "Enter text", Short: "edit", Keys: []string{"i"}}, (*plain).write),
				ui.Bind(keymap.Action{ID: "one.never", Title: "Never", Keys: []string{"n"}}, (*plain).write, ui.When(func(*plain) bool { return true }, "one never does that")),
				ui.Bind(keymap.Action{ID: "one.destroy", Title: "Destroy it", Short: "destroy", Keys: []string{"d"}, Danger: keymap.Destroys}, (*plain).destroy)),
			page("two"),
		}
		keys := keymap.New()
		ui.Register(keys, pages)
		if status.Profile == "" {
			status.Profile = "test"
		}
		app := ui.New(ui.Config{Pages: pages, Keys: keys, Status: func() ui.Status { return *status },
			Arm:    func() { status.ReadOnly, status.ArmedUntil = false, time.Now().Add(time.Minute) },
			Disarm: func() { status.ReadOnly, status.ArmedUntil = true, time.Time{} },
			Theme:  look, Start: "one", Others: []ui.Other{{Name: "acme-production", About: "production, protected"}}})
		cleanup(app.Close)
		return app
	}
}

var size = tuitest.Options{Width: 80, Height: 24}

func TestShellRoutesBetweenPages(t *testing.T) {
	tuitest.Run(t, size, shell(&ui.Status{}), func(s *tuitest.Stage) {
		s.See("knockops", "body of one", "i edit", ": palette", "? help")
		s.Press("2").See("body of two", "one  ›  two")
		s.Press("esc").See("body of one")
		s.Press("esc").See("this is the first page")
		s.Press(":").Type("two 7").Press("enter").See("body of two7")
		s.Press("1").See("body of one").Miss("body of two")
	})
}

func TestLateAnswersOfClosedPagesAreDropped(t *testing.T) {
	tuitest.Run(t, size, shell(&ui.Status{}), func(s *tuitest.Stage) {
		s.Press("2").Press("esc").Wait(2 * time.Second).See("late answer for one").Miss("late answer for two")
	})
}

func TestKeysThatDoNothingSaySo(t *testing.T) {
	tuitest.Run(t, size, shell(&ui.Status{}), func(s *tuitest.Stage) {
		s.Press("x").See("x does nothing here")
		s.Press("n").See("one never does that")
	})
}

func TestTextIsTextWhileEditing(t *testing.T) {
	tuitest.Run(t, size, shell(&ui.Status{}), func(s *tuitest.Stage) {
		s.Wait(2*time.Second).Press("i").Type("quit:2?").See("quit:2?", "body of one")
		s.Press("esc").Press("2").See("body of two")
	})
}

func TestConfirmStartsOnNoAndIgnoresKeysInFlight(t *testing.T) {
	tuitest.Run(t, size, shell(&ui.Status{}), func(s *tuitest.Stage) {
		s.Flurry("d", "right", "enter").See("No, keep it").Miss("destroyed")
		s.Wait(time.Second).Press("enter").Miss("No, keep it", "destroyed")
		s.Press("d").Wait(time.Second).Press("right", "enter").See("destroyed")
	})
}

func TestProtectedProfileIsArmedOnPurpose(t *testing.T) {
	status := &ui.Status{Profile: "acme", Environment: "production", Protected: true, ReadOnly: true, CanArm: true}
	tuitest.Run(t, size, shell(status), func(s *tuitest.Stage) {
		s.See("READ-ONLY").Press("d").See("acme is read-only").Miss("It is gone then")
		s.Press("A").Wait(time.Second).Type("acm").Press("enter", "right", "enter").See("exactly")
		if !status.ReadOnly {
			t.Fatal("armed by a wrong word")
		}
		s.Type("e").Press("tab", "tab", "enter").See("ARMED")
		s.Press("d").Wait(time.Second).See("It is gone then").Press("esc")
		s.Press("A").See("READ-ONLY")
	})
}

func TestSmallWindowsGetANoticeAndRecover(t *testing.T) {
	tuitest.Run(t, size, shell(&ui.Status{}), func(s *tuitest.Stage) {
		s.Resize(20, 5).See("knockops needs").Press("x", ":", "?", "2")
		s.Resize(1, 1).Resize(80, 24).See("body of one").Miss("does nothing", "Go to a page")
	})
}

func TestHelpListsAndDoes(t *testing.T) {
	tuitest.Run(t, size, shell(&ui.Status{}), func(s *tuitest.Stage) {
		s.Press("?").See("Keys on one", "Destroy it", "Never  one never does that").Miss("one.destroy", "i edit")
		s.See("enter choose · up down move · esc close").Miss("█").Resize(80, 16).See("enter choose · up down move · pgdown next page · esc close", "█", "1 of 14")
		s.Type("one.edit").See("Enter text").Press("enter").Type("abc").See("abc")
		s.Press("esc", "?", "pgdown").See("7 of 14").Press("pgup").See("1 of 14")
	})
}

// What begins with what is typed comes first, then what has it, then what its id has; letters that are
// merely in order come last.
func TestThePaletteRanksWhatIsRead(t *testing.T) {
	tuitest.Run(t, size, shell(&ui.Status{}), func(s *tuitest.Stage) {
		s.Press("2").Wait(2*time.Second).Press(":").See("one", "The page one", "1").Miss("app.quit", "one.edit")
		for query, first := range map[string]string{"tw": "two", "the page tw": "two", "keys": "Show the keys", "app.q": "Quit", "aqt": "Quit", "Redraw scr": "Redraw the screen"} {
			s.Press("ctrl+u").Type(query)
			if at, _ := at(s, "▌ "+first); at < 0 {
				t.Errorf("%q does not find %s first:\n%s", query, first, s.Text())
			}
		}
	})
}

// The footer has the keys of what they go to.
func TestTheFooterFollowsTheKeys(t *testing.T) {
	status := &ui.Status{Profile: "acme", Protected: true, ReadOnly: true, CanArm: true}
	tuitest.Run(t, size, shell(status), func(s *tuitest.Stage) {
		s.See("A arm").Press("A").Wait(time.Second).See(" tab next · esc close").Miss("i edit", "A arm", "enter")
		s.Type("acme").Press("tab").See("enter No, stay read-only").Press("tab").See("enter Arm acme").Press("enter").See("A disarm", "d destroy")
		s.Press("A").See("A arm").Miss("A disarm", "d destroy")
	})
}

func TestAccessibleModeIsTextAlone(t *testing.T) {
	tuitest.Run(t, size, themed(&ui.Status{}, theme.Options{Accessible: true}), func(s *tuitest.Stage) {
		s.See("body of one").Miss("─", "│", "╭")
		s.Press("d").Wait(time.Second).See("Destroy", "It is gone then.", "[ No, keep it ]").Miss("─", "│", "╭", "body of one")
		s.Press("right", "enter").See("body of one", "destroyed")
		s.Press("?").See("Keys on one").Miss("╭", "body of one")
	})
}

// at finds a text on the screen.
func at(s *tuitest.Stage, word string) (x, y int) {
	for y, l := range s.Lines() {
		if before, _, found := strings.Cut(l, word); found {
			return lipgloss.Width(before), y
		}
	}
	return -1, -1
}

func TestMouseAnswersDialogs(t *testing.T) {
	tuitest.Run(t, size, shell(&ui.Status{}), func(s *tuitest.Stage) {
		s.Press("d")
		s.Click(at(s, "Destroy  ")).Miss("destroyed") // a click in flight
		s.Wait(time.Second).Click(0, 0).See("No, keep it")
		s.Click(at(s, "Destroy ─")).See("No, keep it").Miss("destroyed") // the title has the button's word
		x, y := at(s, "  Destroy ")
		s.Click(x+3, y).See("destroyed")
		s.Press("?").Click(at(s, "Enter text")).Type("abc").See("abc")
	})
}

func TestSwitchingTheProfileEndsThisConsole(t *testing.T) {
	for _, c := range []struct {
		inHand int
		keys   []string
		next   string
	}{
		{0, []string{"P", "enter"}, "acme-production"},
		{0, []string{"P", "esc"}, ""},
		{1, []string{"P", "enter", "enter"}, ""}, // the confirm starts on Stay
		{1, []string{"P", "enter", "right", "enter"}, "acme-production"},
	} {
		var app *ui.App
		tuitest.Run(t, size, func(cleanup func(func())) tea.Model {
			app = shell(&ui.Status{Environment: "staging", InProgress: c.inHand})(cleanup).(*ui.App)
			return app
		}, func(s *tuitest.Stage) {
			for _, k := range c.keys {
				s.Press(k).Wait(time.Second)
			}
		})
		if app.Next() != c.next {
			t.Errorf("%v with %d in progress goes on with %q, want %q", c.keys, c.inHand, app.Next(), c.next)
		}
	}
}

func TestQuittingSaysWhatIsNotSent(t *testing.T) {
	status := &ui.Status{Environment: "staging", InProgress: 2}
	tuitest.Run(t, size, shell(status), func(s *tuitest.Stage) {
		s.Press("q").Wait(time.Second).See("only the proof is not waited for").Press("esc")
	})
	status = &ui.Status{Environment: "staging", InProgress: 2, Unsent: "`knockops sweep resume 7` goes on"}
	tuitest.Run(t, size, shell(status), func(s *tuitest.Stage) {
		s.Press("q").Wait(time.Second).See("what was not sent yet is not", "sweep resume 7").Miss("only the proof").Press("esc")
	})
}

func TestLostConnectionExplainsAndKeepsWhatWasShown(t *testing.T) {
	since := time.Date(2000, 1, 1, 14, 2, 9, 0, time.Local)
	lost := &ui.Status{Link: "no answer", LinkBad: true, LinkSince: since}
	tuitest.Run(t, size, shell(lost), func(s *tuitest.Stage) {
		s.See("! no answer since 14:02:09: what is shown is as of then", "body of one")
	})
}

func TestProtectedProfileLooksDifferentFromAcrossTheRoom(t *testing.T) {
	header := func(status *ui.Status) (line string) {
		tuitest.Run(t, size, shell(status), func(s *tuitest.Stage) { line, _, _ = strings.Cut(s.Styled(), "\n") })
		return line
	}
	plain, protected := header(&ui.Status{Profile: "p"}), header(&ui.Status{Profile: "p", Protected: true})
	if !strings.Contains(protected, "48;2;") || strings.Contains(plain, "48;2;") {
		t.Errorf("the headers' backgrounds do not differ:\n%q\n%q", plain, protected)
	}
}

// However small the window and long the key, what must be typed is shown whole,
// and all that was said can be read.
func TestConfirmsAreReadWholeInSmallWindows(t *testing.T) {
	key := strings.Repeat("a-very-long-workflow-", 5) + "key"
	lines := []string{"the first line", "", "what stays", "another line", "what goes", "one more line", "the last line"}
	build := func(cleanup func(func())) tea.Model {
		page := ui.Page{Name: "one", Title: "one", Open: func(env ui.Env, _ ui.Params) ui.View { return &plain{env: env} }}
		keys := keymap.New()
		ui.Register(keys, []ui.Page{page})
		app := ui.New(ui.Config{Pages: []ui.Page{page}, Keys: keys, Status: func() ui.Status { return ui.Status{Profile: "test"} }, Start: "one"})
		cleanup(app.Close)
		return app
	}
	tuitest.Run(t, tuitest.Options{Width: 60, Height: 15}, build, func(s *tuitest.Stage) {
		s.Send(ui.Show(ui.NewConfirm(theme.Default(), ui.Confirm{
			Title: "Cancel EVERYONE under " + key + " in production", Lines: lines,
			Yes: "Cancel everyone", No: "No, keep them", AskReason: true, Word: key, WordIs: "the workflow's key",
			OnYes: func(string) tea.Cmd { return ui.Toast(ui.Good, "done") },
		}))()).Wait(time.Second).See("Reason", "No, keep them", "Cancel everyone", "pgdown")
		body := strings.NewReplacer("\n", "", "│", "", " ", "").Replace(s.Text())
		if !strings.Contains(body, key) {
			t.Errorf("the key to type is not shown whole:\n%s", s.Text())
		}
		seen := s.Text()
		for range 10 {
			seen += s.Press("pgdown").Text()
		}
		for _, want := range append(lines, "production") {
			if !strings.Contains(seen, want) {
				t.Errorf("%q cannot be read", want)
			}
		}
		s.Resize(120, 40).See("the first line", "the last line").Press("tab").Type(key).Press("tab", "right", "enter").See("done")
	})
}

func TestALongToastIsReadWhole(t *testing.T) {
	why := "the workflows are not known: " + strings.Repeat("for this and that reason, ", 4) + "so write to them"
	tuitest.Run(t, tuitest.Options{Width: 60, Height: 15}, shell(&ui.Status{}), func(s *tuitest.Stage) {
		s.Send(ui.Toast(ui.Bad, "%s", why)()).See("! the workflows are not known", "so write to them", "body of one")
		s.Press("x").Miss("so write").See("x does nothing here")
		s.Press("2").See("body of two").Miss("does nothing") // a key that was told of goes with the next one
	})
}

func TestToastsLeaveTheKeysInSight(t *testing.T) {
	tuitest.Run(t, size, shell(&ui.Status{}), func(s *tuitest.Stage) {
		s.Press("n").See("one never does that", "i edit", "? help")
		s.Press("z").See("z does nothing here", "i edit", "? help").Press("down").Miss("z does nothing")
		s.Press("d").Wait(time.Second).Press("right", "enter").See("destroyed", "i edit", "? help")
		s.Wait(6 * time.Second).Miss("destroyed").See("body of one")
	})
}
