// Package tour plays the console by itself, scene by scene: a caption says what is about to happen
// and why, and real keys make it happen.
package tour

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/ui/theme"
)

// Scene is what one press of the space bar plays.
type Scene struct {
	Caption string // what is about to happen, and why
	Acts    []Act
}

// Act presses keys, or types a text, and waits until another text is on the screen.
type Act struct {
	Keys  []string
	Text  string
	Until string
}

const (
	tickEvery = 100 * time.Millisecond
	// between presses somebody can follow.
	betweenKeys  = 350 * time.Millisecond
	betweenChars = 60 * time.Millisecond
	// settle is how long what just came is left at any speed: a dialog takes no key at first.
	settle = 350 * time.Millisecond
	// longestWait is how long a scene waits for what it shows.
	longestWait = 90 * time.Second
	// reading is how long a caption is left when the tour plays by itself: that, and more for each letter.
	reading   = 2 * time.Second
	perLetter = 45 * time.Millisecond
)

// Player is the console with a caption below it. It is the program's model.
type Player struct {
	console tea.Model
	theme   *theme.Theme
	options theme.Options
	scenes  []Scene
	auto    bool
	speed   int // of speeds

	at      int // the scene that is next, or that plays
	playing bool
	keys    []tea.Msg // still to be pressed in this act
	act     int
	next    time.Time // of the next press
	limit   time.Time // of waiting
	ready   time.Time // since when the caption can be read
	missed  string    // what did not come
	frames  []string  // the screen before each scene, as far as the tour has come
	back    int       // the frame that is shown instead of the console; -1 for none
	free    bool      // the tour is over, and the keys are the console's

	width, height int
}

var speeds = []float64{0.5, 0.75, 1, 1.5, 2, 4}

// New plays scenes on a console. auto goes on without the space bar.
func New(console tea.Model, o theme.Options, scenes []Scene, auto bool) *Player {
	return &Player{console: console, theme: theme.New(o), options: o, scenes: scenes, auto: auto, speed: 2, back: -1}
}

type tickMsg struct{}

func tick() tea.Cmd { return tea.Tick(tickEvery, func(time.Time) tea.Msg { return tickMsg{} }) }

// Init implements [tea.Model].
func (p *Player) Init() tea.Cmd {
	p.ready = time.Now()
	return tea.Batch(p.console.Init(), tick())
}

// Update implements [tea.Model].
func (p *Player) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tickMsg:
		return p, tea.Batch(p.step(time.Now()), tick())
	case tea.WindowSizeMsg:
		p.width, p.height = msg.Width, msg.Height
		msg.Height = max(1, msg.Height-p.barRows())
		return p, p.pass(msg)
	case tea.BackgroundColorMsg:
		p.options.Dark = msg.IsDark()
		p.theme = theme.New(p.options)
	case tea.KeyPressMsg:
		if !p.free {
			return p, p.pressed(msg)
		}
	case tea.PasteMsg, tea.MouseClickMsg, tea.MouseWheelMsg, tea.MouseReleaseMsg, tea.MouseMotionMsg:
		if !p.free {
			return p, nil // the screen is the tour's
		}
	}
	return p, p.pass(msg)
}

func (p *Player) pass(msg tea.Msg) tea.Cmd {
	_, cmd := p.console.Update(msg)
	return cmd
}

// pressed are the tour's own keys.
func (p *Player) pressed(key tea.KeyPressMsg) tea.Cmd {
	switch key.String() {
	case "space", "right", "enter":
		if p.forward(); p.free {
			return p.pass(tea.WindowSizeMsg{Width: p.width, Height: p.height})
		}
	case "backspace", "left":
		p.backward()
	case "a":
		p.auto = !p.auto
		p.ready = time.Now()
	case "+", "=":
		p.speed = min(p.speed+1, len(speeds)-1)
	case "-":
		p.speed = max(p.speed-1, 0)
	case "q", "ctrl+c":
		return tea.Quit
	}
	return nil
}

// forward shows the next frame of what was, or plays the next scene.
func (p *Player) forward() {
	switch {
	case p.back >= 0:
		if p.back++; p.back >= len(p.frames) {
			p.back = -1
		}
	case p.playing:
	case p.at == len(p.scenes):
		p.free = true
	default:
		p.play()
	}
}

// backward shows the screen as it was before the scene that was played last.
func (p *Player) backward() {
	switch {
	case p.back > 0:
		p.back--
	case p.back < 0 && len(p.frames) > 0:
		p.back = len(p.frames) - 1
	}
	p.auto = false
}

// play begins the scene that is next, and keeps the screen before it.
func (p *Player) play() {
	if len(p.frames) == p.at {
		p.frames = append(p.frames, p.console.View().Content)
	}
	p.playing, p.act, p.missed = true, 0, ""
	p.begin(time.Now())
}

// begin takes the keys of the present act.
func (p *Player) begin(now time.Time) {
	acts := p.scenes[p.at].Acts
	if p.act == len(acts) {
		p.playing, p.ready = false, now
		p.at++
		return
	}
	a := acts[p.act]
	p.keys = nil
	for _, k := range a.Keys {
		p.keys = append(p.keys, press(k))
	}
	for _, r := range a.Text {
		p.keys = append(p.keys, letter(r))
	}
	p.next, p.limit = now.Add(max(settle, p.paced(betweenKeys))), now.Add(longestWait)
}

func (p *Player) paced(d time.Duration) time.Duration {
	return time.Duration(float64(d) / speeds[p.speed])
}

// step presses the next key when it is time, and looks whether an act is over.
func (p *Player) step(now time.Time) tea.Cmd {
	switch {
	case p.free || p.back >= 0:
	case !p.playing:
		if p.auto && p.at < len(p.scenes) && now.Sub(p.ready) > p.paced(reading+time.Duration(len(p.scenes[p.at].Caption))*perLetter) {
			p.play()
		}
	case now.Before(p.next):
	case len(p.keys) > 0:
		key := p.keys[0]
		p.keys, p.limit = p.keys[1:], now.Add(longestWait)
		pace := betweenKeys
		if k, ok := key.(tea.KeyPressMsg); ok && k.Text != "" && k.Text != " " && len(p.keys) > 0 {
			pace = betweenChars
		}
		p.next = now.Add(p.paced(pace))
		return p.pass(key)
	default:
		a := p.scenes[p.at].Acts[p.act]
		switch {
		case a.Until == "" || p.shows(a.Until):
			p.act++
			p.begin(now)
		case now.After(p.limit):
			p.missed, p.act = a.Until, p.act+1
			p.begin(now)
		}
	}
	return nil
}

func (p *Player) shows(text string) bool {
	return strings.Contains(ansi.Strip(p.console.View().Content), text)
}

var named = map[string]rune{
	"enter": tea.KeyEnter, "tab": tea.KeyTab, "esc": tea.KeyEscape, "up": tea.KeyUp, "down": tea.KeyDown,
	"left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd,
}

// press is a key by its name: enter, ctrl+s, or the letter itself.
func press(name string) tea.Msg {
	if code, ok := named[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: []rune(rest)[0], Mod: tea.ModCtrl}
	}
	if name == "space" {
		return letter(' ')
	}
	return letter([]rune(name)[0])
}

func letter(r rune) tea.Msg { return tea.KeyPressMsg{Code: r, Text: string(r)} }
