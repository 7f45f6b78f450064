package scenario

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/tuitest"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui"
)

var (
	monkeySteps = flag.Int("monkey.steps", fullscale.N(120, 20), "how many things each monkey does")
	monkeySeeds = flag.Int("monkey.seeds", fullscale.N(10, 3), "how many monkeys there are")
)

// Monkeys at the whole console: whatever is pressed, clicked, pasted, resized,
// cut off or sent by others, what must always hold does.
func TestMonkey(t *testing.T) {
	for seed := range *monkeySeeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			o := console
			o.Stage.Stay = true
			o.Protected = seed%3 == 1
			o.ReadOnly = seed%3 == 2
			o.Emulator = emulator.Options{Seed: uint64(seed + 1), Speed: float64(1 + seed%2*20)}
			world.Play(t, o, func(w *world.World) {
				m := &monkey{t: t, w: w, s: w.Stage, rand: rand.New(rand.NewPCG(uint64(seed), 0)), width: 120, height: 40}
				m.learn()
				for range *monkeySteps {
					m.step()
					if t.Failed() {
						t.Fatalf("after:\n  %s\n%s", strings.Join(m.trail, "\n  "), m.s.Text())
					}
				}
				w.Network.Mend()
				t.Logf("%d confirms were accepted, %d requests to change something came, others sent %d triggers", len(w.Accepted), len(w.Changes()), m.triggers)
			})
		})
	}
}

type monkey struct {
	t             *testing.T
	w             *world.World
	s             *tuitest.Stage
	rand          *rand.Rand
	keys          []string
	trail         []string
	width, height int
	cut           bool
	triggers      int // that others sent

	judged int             // of the changes
	sent   map[string]bool // the triggers among them
}

// learn finds out what keys there are.
func (m *monkey) learn() {
	m.sent = map[string]bool{}
	for _, a := range m.w.Keys.All() {
		m.keys = append(m.keys, a.Keys...)
	}
	for range 6 { // what moves and answers is pressed more often than the rest
		m.keys = append(m.keys, "up", "down", "enter", "tab", "space", "left", "right")
	}
	m.keys = append(m.keys, "esc", "esc", "shift+tab", "delete", "x", "Z", "9", "ctrl+x", "alt+x", "ctrl+end", "shift+down", "é")
}

// words are typed: answers that confirms want, and what belongs nowhere.
var words = []string{
	"dana", "projects/atlas", "invite-reminder", "welcome", "test", "ticket 8812", `{"id": "7"}`, `{"id": `, "users dana",
	"runs.cancel", "compose welcome", "mk-", "漢字 üñ 🎉", "a b c", strings.Repeat("long ", 80),
}

// pastes are pasted.
var pastes = []string{
	"plain", "two\nlines\n", "\x1b[31mred\x1b[0m \x1b]0;title\x07", "\x1b[2J\x1b[H", "nul\x00 tab\t bell\x07", "\u202egnp.exe", "👩‍👩‍👧‍👦 e\u0301\u0301", strings.Repeat("漢", 3000),
}

// step does one thing and checks what must hold.
func (m *monkey) step() {
	before, readOnly, changes := m.at(), m.readOnly(), len(m.w.Changes())
	byOperator := m.act()
	if m.readOnly() && readOnly && len(m.w.Changes()) > changes {
		m.t.Errorf("a read-only profile sent %+v", m.w.Changes()[changes:])
	}
	m.judge()
	if after := m.at(); !byOperator && before != "" && after != "" && after != before && !strings.Contains(m.s.Text(), "left the list") {
		m.t.Errorf("the cursor went from %s to %s by itself", before, after)
	}
	if strings.TrimSpace(m.s.Text()) == "" {
		m.t.Error("the screen is empty")
	}
}

func (m *monkey) readOnly() bool { return m.w.Session.Guard.ReadOnly() }

func (m *monkey) note(format string, args ...any) {
	m.trail = append(m.trail, fmt.Sprintf(format, args...))
	m.trail = m.trail[max(0, len(m.trail)-40):]
}

// act does something, and says whether an operator did it who may move the cursor.
func (m *monkey) act() bool {
	switch n := m.rand.IntN(100); {
	case n < 12:
		m.task()
	case n < 45:
		key := m.pick(m.keys)
		m.note("key %s", key)
		m.s.Press(key)
	case n < 50:
		keys := []string{m.pick(m.keys), m.pick(m.keys), m.pick(m.keys), m.pick(m.keys)}
		m.note("keys at once %s", keys)
		m.s.Flurry(keys...)
	case n < 58:
		word := m.pick(words)
		m.note("types %.40q", word)
		m.s.Type(word)
	case n < 61:
		scrap := m.pick(pastes)
		m.note("pastes %.40q", scrap)
		m.s.Paste(scrap)
	case n < 68:
		x, y := m.rand.IntN(m.width), m.rand.IntN(m.height)
		m.note("clicks %d,%d", x, y)
		m.s.Click(x, y)
	case n < 71:
		by := m.rand.IntN(11) - 5
		m.note("turns the wheel by %d", by)
		m.s.Wheel(m.width/2, m.height/2, by)
	case n < 76:
		return m.answer()
	default:
		return m.happen()
	}
	return true
}

// asked finds the buttons of a confirm.
var asked = regexp.MustCompile(`No, [a-z -]+ \]? +\S`)

func (m *monkey) pick(of []string) string { return of[m.rand.IntN(len(of))] }

// tasks are what an operator comes for, up to the question.
var tasks = map[string]func(*tuitest.Stage){
	"cancel a run":      func(s *tuitest.Stage) { goTo(s, "runs").Press("home", "c") },
	"cancel marked":     func(s *tuitest.Stage) { goTo(s, "runs").Press("home", "space", "space", "c") },
	"cancel everyone":   func(s *tuitest.Stage) { goTo(s, "runs").Press("down", "K") },
	"cancel one opened": func(s *tuitest.Stage) { goTo(s, "runs").Press("enter").Wait(time.Second).Press("c") },
	"send":              func(s *tuitest.Stage) { goTo(s, "compose invite-reminder").Press("tab").Type("dana").Press("ctrl+s") },
	"identify":          func(s *tuitest.Stage) { goTo(s, "users").Press("i").Type("somebody").Press("ctrl+s") },
	"look somebody up":  func(s *tuitest.Stage) { goTo(s, "users dana").Press("enter").Wait(time.Second).Press("tab", "J") },
	"arm":               func(s *tuitest.Stage) { s.Press("esc", "esc", "A") },
}

func goTo(s *tuitest.Stage, page string) *tuitest.Stage {
	return s.Press("esc", "esc", "ctrl+p").Type(page).Press("enter").Wait(2 * time.Second)
}

func (m *monkey) task() {
	what := m.pick(slices.Sorted(maps.Keys(tasks)))
	m.note("wants to %s", what)
	tasks[what](m.s)
	if m.rand.IntN(4) > 0 {
		m.answer()
	}
}

// answer says yes as an operator does who means it, where there is a question.
func (m *monkey) answer() bool {
	if m.width >= 80 && m.height >= 24 && asked.MatchString(m.s.Text()) {
		m.note("means it")
		m.w.Yes("ticket 8812")
		return true
	}
	key := m.pick([]string{"c", "K", "ctrl+s", "A"})
	m.note("key %s", key)
	m.s.Press(key)
	return true
}

// happen is what no operator does, but for the resizes, of which one comes with a key.
func (m *monkey) happen() bool {
	switch m.rand.IntN(10) {
	case 0, 1:
		d := time.Duration(m.rand.Int64N(int64(20 * time.Second)))
		m.note("%s pass", d)
		m.s.Wait(d)
	case 2, 3:
		m.burst(1 + m.rand.IntN(15))
	case 4:
		m.cut = !m.cut
		m.note("the network is cut: %v", m.cut)
		if m.cut {
			m.w.Network.Cut()
		} else {
			m.w.Network.Mend()
		}
		m.s.Wait(time.Second)
	case 5:
		c := emulator.Chaos{}
		if m.rand.IntN(3) > 0 {
			c = emulator.Chaos{TooMany: .2 * m.rand.Float64(), Broken: .3 * m.rand.Float64(), Reset: .1, Slow: .2 * m.rand.Float64(), Lost: .2 * m.rand.Float64()}
		}
		m.note("chaos %+v", c)
		m.w.Knock.SetChaos(c)
	case 6:
		m.resize(1+m.rand.IntN(250), 1+m.rand.IntN(80))
		m.s.Press(m.pick(m.keys))
		sizes := [][2]int{{60, 12}, {80, 24}, {80, 24}, {120, 40}, {120, 40}, {160, 50}}
		size := sizes[m.rand.IntN(len(sizes))]
		m.resize(size[0], size[1])
		return true
	case 7:
		if m.rand.IntN(3) == 0 {
			m.note("the key is revoked")
			m.w.Revoke()
		} else {
			m.w.Restore()
		}
	default:
		m.note("all is well again")
		m.cut = false
		m.w.Network.Mend()
		m.w.Restore()
		m.w.Knock.SetChaos(emulator.Chaos{})
		m.s.Wait(5 * time.Second)
	}
	return false
}

func (m *monkey) resize(width, height int) {
	m.note("the window is %d×%d", width, height)
	m.width, m.height = width, height
	m.s.Resize(width, height)
}

// burst sends triggers as others do, each under a key of its own.
func (m *monkey) burst(n int) {
	if m.cut {
		return
	}
	m.note("%d triggers come", n)
	for range n {
		m.triggers++
		workflow := m.pick([]string{"invite-reminder", "invite-reminder", "comment-created", "welcome"})
		_, err := m.w.TryTrigger(workflow, fmt.Sprintf("mk-%04d", m.triggers), "", m.pick([]string{"dana", "emeka"}))
		if err != nil {
			m.note("one is lost: %v", err)
		}
	}
	m.s.Idle()
}

var cursorKey = regexp.MustCompile(`(?m)^▌.* (mk-\d{4})\b`)

// at is the key of the run under the cursor, "" when the list of runs is not
// what is shown.
func (m *monkey) at() string {
	screen := m.s.Text()
	lines := strings.Split(screen, "\n")
	if len(lines) < 4 || !strings.Contains(lines[1], "Runs") || !strings.Contains(lines[3], "RECIPIENT") || strings.Contains(screen, "╭") {
		return ""
	}
	if found := cursorKey.FindStringSubmatch(screen); found != nil {
		return found[1]
	}
	return ""
}

// judge holds every request that would change something against the confirms
// that were answered with yes. Identifying a user asks nothing.
func (m *monkey) judge() {
	all := m.w.Changes()
	for _, c := range all[m.judged:] {
		switch parts := strings.Split(c.Path, "/"); {
		case c.Method == "PUT" && strings.HasPrefix(c.Path, "/v1/users/"):
		case c.Method == "POST" && strings.HasSuffix(c.Path, "/trigger"):
			m.sent[c.Path+string(c.Body)] = true
			if n := m.accepted(func(q ui.Confirm) bool { return strings.HasPrefix(q.Title, "Send "+unescaped(parts[3])+" to ") }); n == 0 {
				m.t.Errorf("%s %s was sent under no confirm", c.Method, c.Path)
			}
			if n := m.accepted(func(q ui.Confirm) bool { return strings.HasPrefix(q.Title, "Send ") }); len(m.sent) > n {
				m.t.Errorf("%d triggers were sent under %d confirms", len(m.sent), n)
			}
		case c.Method == "POST" && strings.HasSuffix(c.Path, "/cancel"):
			if m.accepted(func(q ui.Confirm) bool { return asksToCancel(q, unescaped(parts[3]), c.Body) }) == 0 {
				m.t.Errorf("%s %s %s was sent under no confirm that speaks of it: %+v", c.Method, c.Path, c.Body, m.w.Accepted)
			}
		default:
			m.t.Errorf("%s %s was sent, and no confirm is known for it: teach judge which one it is", c.Method, c.Path)
		}
	}
	m.judged = len(all)
}

func (m *monkey) accepted(is func(ui.Confirm) bool) int {
	n := 0
	for _, q := range m.w.Accepted {
		if is(q) {
			n++
		}
	}
	return n
}

// asksToCancel reports that a confirm named the workflow, the key and, where
// there are not too many to name, the recipients of a cancel.
func asksToCancel(q ui.Confirm, workflow string, body []byte) bool {
	var cancel struct {
		Key        string            `json:"cancellation_key"`
		Recipients []json.RawMessage `json:"recipients"`
	}
	if json.Unmarshal(body, &cancel) != nil || strings.Contains(q.Title, "EVERYONE") != (len(cancel.Recipients) == 0) {
		return false
	}
	return slices.ContainsFunc(q.Lines, func(l string) bool {
		for _, to := range cancel.Recipients {
			var id string
			if json.Unmarshal(to, &id) == nil && !strings.Contains(l, id) && !strings.Contains(l, " more") {
				return false
			}
		}
		return strings.HasPrefix(l, ansi.Truncate(termtext.Clean(workflow), 12, "")) && strings.Contains(l, "key "+ansi.Truncate(termtext.Clean(cancel.Key), 20, ""))
	})
}

func unescaped(part string) string {
	s, err := url.PathUnescape(part)
	if err != nil {
		return part
	}
	return s
}
