package listpage_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/listpage"
)

// thing is a row of the list that is tested.
type thing struct {
	name string
	size int
}

// shelf is where the things are read, a page of 50 at a time.
type shelf struct {
	mu     sync.Mutex
	things []thing
	err    error
	reads  int
}

func (s *shelf) put(names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.things = nil
	for i, n := range names {
		s.things = append(s.things, thing{n, len(names) - i})
	}
}

func (s *shelf) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *shelf) read(_ context.Context, after string) ([]thing, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	from, _ := strconv.Atoi(after)
	to := min(len(s.things), from+50)
	if s.err != nil || to == len(s.things) {
		return s.things[min(from, to):to], "", s.err
	}
	return s.things[from:to], strconv.Itoa(to), nil
}

type things struct{ *listpage.List[thing] }

func (t *things) open(r thing) tea.Cmd { return ui.Toast(ui.Good, "opened %s", r.name) }

func (t *things) drop(rows []thing) tea.Cmd {
	return ui.Toast(ui.Good, "dropped %d", len(rows))
}

// play lists a shelf. change may change what the list is made of.
func play(t *testing.T, s *shelf, change func(*listpage.Spec[thing]), story func(*tuitest.Stage)) {
	t.Helper()
	page := ui.Page{
		Name: "things", Title: "Things", Scopes: listpage.Scopes,
		Bindings: []ui.Binding{
			listpage.OnRow(keymap.Action{ID: "things.open", Title: "Open", Keys: []string{"enter"}}, (*things).open),
			listpage.OnChosen(keymap.Action{ID: "things.drop", Title: "Drop", Keys: []string{"D"}}, (*things).drop),
		},
		Open: func(env ui.Env, _ ui.Params) ui.View {
			spec := listpage.Spec[thing]{
				Noun: "thing", ID: func(r thing) string { return r.name }, CopyOf: "name", Read: s.read,
				Columns: []table.Column[thing]{
					{Title: "NAME", Width: 20, Cell: table.Text(theme.Plain, func(r thing) string { return r.name })},
					table.Count("SIZE", 6, 0, theme.Plain, func(r thing) int { return r.size }),
				},
				Empty: func() (what, help string) { return "There are no things.", "Nothing helps." },
			}
			if change != nil {
				change(&spec)
			}
			return &things{listpage.New(env, spec)}
		},
	}
	o := world.Options{Start: "things", Pages: func(*ops.Session) []ui.Page { return []ui.Page{page} }}
	world.Play(t, o, func(w *world.World) { story(w.Stage) })
}

func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("thing-%03d", i)
	}
	return names
}

// under is the row of the cursor.
func under(s *tuitest.Stage) string {
	i := slices.IndexFunc(s.Lines(), func(l string) bool { return strings.HasPrefix(l, "▌") })
	if i < 0 {
		return ""
	}
	return strings.TrimLeft(s.Lines()[i], "▌✓ ")
}

func TestEmptyLoadingAndFailedAreThreeScreens(t *testing.T) {
	s := &shelf{}
	play(t, s, nil, func(st *tuitest.Stage) {
		st.See("There are no things.", "Nothing helps.").Press("enter").See("no thing selected").Press("y").See("no thing selected")
		s.fail(errors.New("the shelf is locked"))
		st.Press("r").See("! the shelf is locked", "r tries again")
		s.fail(nil)
		s.put("anvil")
		st.Press("r").See("anvil", "1 of 1").Miss("locked")
		s.fail(errors.New("the shelf is locked"))
		st.Press("r").See("anvil", "reading failed: r tries again")
	})
}

func TestPagesAreReadAsTheCursorComesNear(t *testing.T) {
	s := &shelf{}
	s.put(numbered(230)...)
	play(t, s, func(spec *listpage.Spec[thing]) { spec.First = 60 }, func(st *tuitest.Stage) {
		st.See("1 of 100", "more below")
		if s.reads != 2 {
			t.Errorf("%d pages are read before anybody moves, want 2", s.reads)
		}
		st.Press("end").See("100 of 150").Press("end").See("150 of 200").Press("end", "end").See("230 of 230").Miss("more below")
	})
}

func TestAPageThatFailsIsReadOnFromThere(t *testing.T) {
	s := &shelf{}
	s.put(numbered(120)...)
	play(t, s, nil, func(st *tuitest.Stage) {
		s.fail(errors.New("locked"))
		st.See("1 of 50").Press("end").See("50 of 50", "reading failed")
		s.fail(nil)
		before := s.reads
		st.Press("r").See("50 of 100")
		if s.reads != before+1 {
			t.Errorf("%d pages were read again, want the one that failed", s.reads-before)
		}
	})
}

func TestReadingAgainKeepsThePagesBehindTheFirst(t *testing.T) {
	s := &shelf{}
	s.put(numbered(100)...)
	play(t, s, func(spec *listpage.Spec[thing]) { spec.First, spec.Every = 100, time.Second }, func(st *tuitest.Stage) {
		st.See("1 of 100")
		s.put(append([]string{"newest"}, numbered(100)...)...)
		st.Wait(3 * time.Second).See("2 of 101").Press("home").See("▌  newest")
		s.fail(errors.New("locked"))
		st.Wait(3*time.Second).See("newest", "as of")
	})
}

func TestTheCursorStaysWithItsRowAndSaysWhenItIsGone(t *testing.T) {
	s := &shelf{}
	s.put("anvil", "bell", "candle")
	play(t, s, nil, func(st *tuitest.Stage) {
		st.See("anvil").Press("down")
		s.put("zither", "anvil", "bell", "candle")
		if st.Press("r"); !strings.HasPrefix(under(st), "bell") {
			t.Fatalf("the cursor is on %q", under(st))
		}
		s.put("anvil", "candle")
		st.Press("r").See("the thing under the cursor left the list")
		for _, key := range []string{"enter", "D", "y"} {
			st.Press(key).See("left the list: select one").Miss("opened", "dropped", "copied")
		}
		st.Press("up", "enter").See("opened anvil")
	})
}

func TestMarksRangesAndWhatIsDoneToThem(t *testing.T) {
	s := &shelf{}
	s.put("anvil", "bell", "candle", "drum")
	play(t, s, nil, func(st *tuitest.Stage) {
		st.See("anvil").Press("D").See("dropped 1")
		st.Press("space", "down", "V").See("3 marked").Press("D").See("dropped 3").Press("y").See("copied 3 names")
		st.Press("/").Type("drum").Press("enter").See("3 marked but not shown").Press("D").See("dropped 1") // what is not seen is not meant
		st.Press("U").Miss("marked").See(`with "drum"`).Press("U").See("anvil").Press("U").See("nothing is marked, and there is no filter")
		st.Press("ctrl+a").See("4 marked").Press("f").See("this list has no filter")
	})
}

func TestFindNarrowsAsItIsTypedAndLooksUp(t *testing.T) {
	s := &shelf{}
	s.put("anvil", "bell", "candle")
	looked := ""
	play(t, s, func(spec *listpage.Spec[thing]) {
		spec.LookUp = func(text string) tea.Cmd { looked = text; return nil }
		spec.Searched = func(r thing) []string { return []string{"kept in drawer " + r.name[:1]} }
	}, func(st *tuitest.Stage) {
		st.See("anvil").Press("/").Type("CAND").See("candle").Miss("anvil").Press("ctrl+u").Type("drawer b").See("bell").Miss("candle")
		st.Type("zz").See(`None of 3 things has "drawer bzz" in it.`, "esc clears").Press("enter").See("/ and esc clear it")
		if looked != "drawer bzz" {
			t.Errorf("%q was looked up", looked)
		}
		st.Press("/", "esc").See("anvil", "2 of 3") // the cursor stays with its row
	})
}

func TestSortByAnyColumnAndByAClickOnItsTitle(t *testing.T) {
	s := &shelf{}
	s.put("candle", "anvil", "bell")
	play(t, s, nil, func(st *tuitest.Stage) {
		first := func(want string) {
			t.Helper()
			if st.Press("home"); !strings.HasPrefix(under(st), want) {
				t.Fatalf("%q is first, want %s:\n%s", under(st), want, st.Text())
			}
		}
		st.See("candle").Press("-").See("the rows are not sorted")
		st.Press(">")
		first("anvil")
		st.Press("-")
		first("candle")
		st.Press(">")
		first("bell") // of size 1
		st.Press("<")
		first("anvil")
		st.Click(3+20+2+5, 3)
		first("bell")
		st.Click(3+20+2+5, 3)
		first("candle")
		st.Click(4, 5)
		if !strings.HasPrefix(under(st), "anvil") {
			t.Errorf("a click on the second row went to %q", under(st))
		}
	})
}

func TestExportWritesWhatIsListed(t *testing.T) {
	s := &shelf{}
	s.put("anvil", "bell", "candle")
	file := filepath.Join(t.TempDir(), "out.csv")
	play(t, s, nil, func(st *tuitest.Stage) {
		export := func(to string) { st.Press("X", "ctrl+u").Type(to).Press("enter") }
		st.See("anvil").Press("X").See("Export 3 things", "things.csv").Press("esc")
		export("out.txt")
		st.See("let the name end in").Press("esc")
		export(file)
		st.Until("3 things written", time.Second)
		st.Press("space").Press("X").See("Export 1 marked thing").Press("ctrl+u").Type(file).Press("enter").Until("already exists", time.Second)
		st.Wait(time.Second).Press("enter").Miss("already exists")
		holds(t, file, "NAME,SIZE\nanvil,3\nbell,2\ncandle,1\n")
		st.Press("U", "|").Type("size").Press("enter", "esc", "end", "space")
		export(file)
		st.Until("already exists", time.Second).Wait(time.Second).Press("right", "enter").Until("1 thing written", time.Second)
		holds(t, file, "NAME\ncandle\n")
		export(strings.TrimSuffix(file, "csv") + "json")
		st.Until("1 thing written", time.Second)
		holds(t, strings.TrimSuffix(file, "csv")+"json", "[\n  {\n    \"name\": \"candle\"\n  }\n]\n")
	})
}

func holds(t *testing.T, path, want string) {
	t.Helper()
	if b, err := os.ReadFile(path); err != nil || string(b) != want {
		t.Fatalf("%s holds %q, %v; want %q", path, b, err, want)
	}
}

// told is a view that is told of its rows.
type told struct{ *listpage.List[thing] }

type setMsg struct {
	rows []thing
	err  error
}

type refuseMsg struct{ bad error }

func (v *told) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case setMsg:
		v.Set(msg.rows, msg.err)
	case refuseMsg:
		v.Refuse(msg.bad)
	}
	return v.List.Update(msg)
}

func TestAViewThatIsToldOfItsRows(t *testing.T) {
	page := ui.Page{Name: "told", Title: "Told", Scopes: listpage.Scopes, Open: func(env ui.Env, _ ui.Params) ui.View {
		return &told{listpage.New(env, listpage.Spec[thing]{
			Noun: "thing", ID: func(r thing) string { return r.name }, CopyOf: "name",
			Columns: []table.Column[thing]{{Title: "NAME", Width: 20, Cell: table.Text(theme.Plain, func(r thing) string { return r.name })}},
			Join: func(rows []thing) []thing {
				return slices.SortedFunc(slices.Values(rows), func(a, b thing) int { return cmp.Compare(a.name, b.name) })
			},
			Empty: func() (what, help string) { return "There are no things.", "" },
		})}
	}}
	o := world.Options{Start: "told", Pages: func(*ops.Session) []ui.Page { return []ui.Page{page} }}
	world.Play(t, o, func(w *world.World) {
		st := w.Stage.See("Loading things").Send(setMsg{nil, errors.New("not to be had")}).See("not to be had", "Retrying.")
		st.Send(setMsg{[]thing{{"bell", 1}, {"anvil", 2}}, nil}).See("1 of 2")
		if !strings.HasPrefix(under(st), "anvil") {
			t.Errorf("%q is first", under(st))
		}
		st.Send(setMsg{[]thing{{"bell", 1}, {"anvil", 2}}, errors.New("not to be had")}).See("as of")
		st.Send(refuseMsg{errors.New("that is no filter")}).See("that is no filter", "f changes the filter")
	})
}
