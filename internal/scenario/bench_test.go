package scenario

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	kit "github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
)

// bigTable is a page with a table of n rows and six columns.
type bigTable struct{ table *kit.Table[int] }

func newBigTable(n int) *bigTable {
	var columns []kit.Column[int]
	for i := range 6 {
		columns = append(columns, kit.Column[int]{Title: fmt.Sprint("COLUMN ", i), Width: 17, Cell: func(row int) (string, theme.Ink) {
			if i == 5 {
				return strconv.Itoa(row), theme.Muted // one is made anew, as an age is
			}
			return "of a known object", theme.Plain
		}})
	}
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	t := kit.New(theme.Default(), strconv.Itoa, columns...)
	t.SetRows(rows)
	return &bigTable{t}
}

func (c *bigTable) Init() tea.Cmd { return nil }

func (c *bigTable) Update(tea.Msg) tea.Cmd { return nil }

func (c *bigTable) View() string { return c.table.View() }

func (c *bigTable) SetSize(w, h int) { c.table.SetSize(w, h) }

func (c *bigTable) Crumb() string { return "" }

func (c *bigTable) Note() string { return "" }

func (c *bigTable) Move(key tea.KeyPressMsg) tea.Cmd { return c.table.Update(key) }

func (c *bigTable) Editing() bool { return false }

// BenchmarkCursorMove is a key press and the frame after it, in the whole
// console at 120×40.
func BenchmarkCursorMove(b *testing.B) {
	for _, rows := range []int{1_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			v := newBigTable(rows)
			page := ui.Page{Name: "crowd", Title: "Crowd", Scopes: []string{keymap.List}, Open: func(ui.Env, ui.Params) ui.View { return v }}
			keys := keymap.New()
			ui.Register(keys, []ui.Page{page})
			app := ui.New(ui.Config{
				Pages: []ui.Page{page}, Keys: keys, Start: page.Name, Theme: theme.Options{Dark: true},
				Status: func() ui.Status {
					return ui.Status{Profile: "acme", Environment: "production", Link: "api ok", ReadLimit: 5}
				},
			})
			app.Init()
			app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
			down, up := tea.KeyPressMsg{Code: tea.KeyDown}, tea.KeyPressMsg{Code: tea.KeyUp}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i/(rows-1)%2 == 0 {
					app.Update(down)
				} else {
					app.Update(up)
				}
				if app.View().Content == "" {
					b.Fatal("nothing is drawn")
				}
			}
		})
	}
}

// A cursor move costs the line few bytes: over a slow link it must not lag.
func TestACursorMoveSendsFewBytes(t *testing.T) {
	const most, moves = 250, 20
	big := *emulator.DefaultWorld()
	big.Users = nil
	for i := range 200 {
		big.Users = append(big.Users, emulator.Entity{"id": fmt.Sprintf("user_%04d", i), "name": "Somebody", "email": fmt.Sprintf("user_%04d@acme.test", i)})
	}
	big.Objects, big.Schedules, big.Traffic, big.Sources = nil, nil, nil, nil
	o := linked(console)
	o.Start, o.Emulator.World = "users", &big
	world.Play(t, o, func(w *world.World) {
		s := w.Stage.Until("user_0199", time.Minute).Wait(time.Second)
		all := 0
		for i := range moves {
			before, second := s.Written(), s.Lines()[0]
			s.Press("down")
			if s.Lines()[0] != second {
				continue // the clock ticked meanwhile, which is not the cursor's doing
			}
			n := s.Written() - before
			all += n
			if n == 0 || n > most {
				t.Errorf("move %d sent %d bytes, want at most %d", i, n, most)
			}
		}
		t.Logf("%d bytes for %d moves", all, moves)
	})
}
