package ui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui/theme"
)

// The smallest terminal in which the console lays itself out; below it a
// notice asks for more room.
const (
	MinWidth  = 60
	MinHeight = 12
)

// Config is what the console is built from.
type Config struct {
	Pages []Page
	// Keys must hold the actions of all pages; [Register] does that.
	Keys *keymap.Registry
	// Status is asked at every frame and must answer at once.
	Status func() Status
	// Arm makes a protected profile writable for a while; Disarm ends that.
	Arm, Disarm func()
	// Accepted is told every confirm that was answered with yes; nil for nobody.
	Accepted func(Confirm)
	// Clipboard writes to the machine's own clipboard beside the terminal's
	// (OSC 52); nil for none.
	Clipboard func(string) error
	// Browse opens an address in the operator's browser, or says why none opens; nil for none.
	Browse func(url string) error
	Theme  theme.Options
	// Others are the profiles that can be switched to.
	Others []Other
	// Notice is shown when the console opens, until a key is pressed.
	Notice string
	// Start is the first page, StartWith its parameters.
	Start     string
	StartWith Params
	// Find finds things by their ids.
	Find Finder
	// Views are those that were saved; KeepViews keeps all of them when one changed, nil for a console without.
	Views     []SavedView
	KeepViews func([]SavedView)
	// Preview shows what is selected beside its list; Remember is told when the operator
	// chose otherwise, nil for nobody.
	Preview  bool
	Remember func(preview bool)
}

// App is the root of the console.
type App struct {
	cfg   Config
	pages map[string]Page
	// bindings are all actions, by their ids.
	bindings map[string]Binding
	theme    *theme.Theme
	status   Status
	task     taskWatch

	width, height int
	stack         []*frame
	nextView      int
	dialogs       []shown
	toast         *toast
	toastID       int
	recent        []string // actions run from the palette, last first
	been          []Choice // the things whose pages were opened, last first
	next          string   // the profile to go on with
	dock          dock
	preview       preview
	views         []SavedView
}

type frame struct {
	id     int
	page   Page
	view   View
	ctx    context.Context // ends when the view is closed
	cancel context.CancelFunc
}

type tick struct{}

// New builds the console. It does no I/O.
func New(cfg Config) *App {
	a := &App{cfg: cfg, pages: map[string]Page{}, bindings: map[string]Binding{}, theme: theme.New(cfg.Theme), status: cfg.Status(), preview: preview{off: !cfg.Preview}, views: cfg.Views}
	for _, b := range bindings(cfg.Pages) {
		a.bindings[b.ID] = b
	}
	for _, p := range cfg.Pages {
		a.pages[p.Name] = p
		if p.Dock != nil {
			a.dock.page = p
		}
	}
	if problem := a.bindViews(); problem != "" && a.cfg.Notice == "" {
		a.cfg.Notice = problem
	}
	return a
}

// Init implements [tea.Model].
func (a *App) Init() tea.Cmd {
	start := []tea.Cmd{tea.RequestBackgroundColor, nextTick(), a.open(a.cfg.Start, a.cfg.StartWith)}
	if a.cfg.Notice != "" {
		start = append(start, Toast(Bad, "%s", a.cfg.Notice))
	}
	return tea.Batch(start...)
}

// Update implements [tea.Model].
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	// Two quick presses of escape arrive as one with alt.
	if key, ok := msg.(tea.KeyPressMsg); ok && key.Code == tea.KeyEscape {
		key.Mod = 0
		msg = key
	}
	return a, tea.Batch(a.update(msg), a.followSelection(), a.previewSelection())
}

func (a *App) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyReleaseMsg:
		return nil
	case tea.WindowSizeMsg:
		a.width, a.height = msg.Width, msg.Height
		a.layout()
		return nil
	case tea.BackgroundColorMsg:
		a.cfg.Theme.Dark = msg.IsDark()
		a.retheme()
		return nil
	case tea.ColorProfileMsg:
		return nil
	case tick:
		lost := a.status.LinkBad
		a.status = a.cfg.Status()
		next := tea.Batch(nextTick(), a.task.ended(a.status.Task))
		if lost && !a.status.LinkBad {
			return tea.Batch(next, a.resume())
		}
		return next
	case toView:
		return a.deliver(msg)
	case viewsMsg:
		return a.viewsChanged(msg)
	case foundMsg:
		return a.found(msg)
	case restedMsg:
		return a.rested(msg)
	case openMsg:
		return a.open(msg.page, msg.params)
	case dialogMsg:
		a.dialogs = append(a.dialogs, shown{msg.dialog, time.Now()})
		return nil
	case toastMsg:
		return a.notify(msg)
	case toastOver:
		if a.toast != nil && a.toast.id == msg.id {
			a.toast = nil
		}
		return nil
	case browseMsg:
		return a.browse(msg.url)
	case copyMsg:
		return a.copy(msg)
	case chosenMsg:
		a.chose(msg.id)
		return nil
	case columnMsg:
		return msg.carryOut()
	case switchMsg:
		return a.leaveFor(msg.profile)
	case armMsg:
		return a.armed(msg.then)
	case actionMsg:
		return a.do(msg.id)
	}
	if a.tooSmall() && typed(msg) {
		return a.updateTooSmall(msg)
	}
	if len(a.dialogs) > 0 {
		return a.toDialog(msg)
	}
	return a.toPage(msg)
}

// typed tells what an operator did from what the program told itself.
func typed(msg tea.Msg) bool {
	switch msg.(type) {
	case tea.KeyMsg, tea.PasteMsg, tea.MouseMsg:
		return true
	}
	return false
}

// updateTooSmall takes no key while the window is too small to show what it would do.
func (a *App) updateTooSmall(msg tea.Msg) tea.Cmd {
	if key, ok := msg.(tea.KeyPressMsg); ok && key.String() == "ctrl+c" {
		return tea.Quit
	}
	return nil
}

// toDialog hands what was typed or clicked to the dialog on top.
func (a *App) toDialog(msg tea.Msg) tea.Cmd {
	if key, ok := msg.(tea.KeyPressMsg); ok && key.String() == "ctrl+c" {
		return a.quit()
	} else if ok {
		a.toastRead()
	}
	top := len(a.dialogs) - 1
	if m, ok := msg.(tea.MouseClickMsg); ok {
		c, hit := a.click(a.dialogs[top], m)
		if !hit {
			return nil
		}
		msg = c
	}
	if a.dialogs[top].ignores(msg) {
		return nil
	}
	cmd, done := a.dialogs[top].Update(msg)
	if done {
		a.accepted(a.dialogs[top].Dialog)
		a.dialogs = a.dialogs[:top]
	}
	return cmd
}

func (a *App) toPage(msg tea.Msg) tea.Cmd {
	top := a.focus()
	if top == nil {
		return nil
	}
	key, ok := msg.(tea.KeyPressMsg)
	if !ok {
		if mouse, ok := msg.(tea.MouseMsg); ok {
			return a.mouse(mouse)
		}
		return top.view.Update(msg)
	}
	a.toastRead()
	action, bound := a.cfg.Keys.Resolve(top.page.Name, key.Keystroke())
	if !bound {
		action, bound = a.cfg.Keys.Resolve(top.page.Name, key.String())
	}
	if top.view.Editing() && (!bound || !action.InText || key.Text != "") {
		return top.view.Update(msg)
	}
	if !bound {
		return Toast(Info, "%s does nothing here · %s shows the keys", key.String(), a.key(keymap.AppHelp))
	}
	return a.do(action.ID)
}

// mouse translates the pointer into the cells of the page, or of the pane that
// is docked to it, before the view sees it. A click moves the focus there.
func (a *App) mouse(msg tea.MouseMsg) tea.Cmd {
	m := msg.Mouse()
	m.Y -= bodyTop
	inside := m.Y >= 0 && m.Y < a.bodyHeight()
	under, m := a.under(m)
	switch msg.(type) {
	case tea.MouseClickMsg:
		if !inside {
			return nil
		}
		if under == a.preview.frame {
			return nil // it is looked at: enter opens the page itself
		}
		a.dock.focused = under == a.dock.frame
		return under.view.Update(tea.MouseClickMsg(m))
	case tea.MouseWheelMsg:
		return under.view.Update(tea.MouseWheelMsg(m))
	}
	return nil
}

func (a *App) copy(m copyMsg) tea.Cmd {
	cmds := []tea.Cmd{tea.SetClipboard(m.text), Toast(Good, "copied %s", m.what)}
	if write := a.cfg.Clipboard; write != nil {
		cmds = append(cmds, func() tea.Msg {
			_ = write(m.text) // the terminal's own clipboard was asked as well
			return nil
		})
	}
	return tea.Batch(cmds...)
}

func (a *App) retheme() {
	*a.theme = *theme.New(a.cfg.Theme)
	a.layout()
}

func nextTick() tea.Cmd {
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return tick{} })
}

// Left is the page that was open last, and how to open it so again; "" for none that can be gone to by name.
func (a *App) Left() (page string, with Params) {
	for _, f := range slices.Backward(a.stack) {
		if f.page.Hidden {
			continue
		}
		return f.page.Name, f.place()
	}
	return "", nil
}

// Close ends what the open pages still wait for. Call it once the program has ended.
func (a *App) Close() {
	for _, f := range a.stack {
		f.cancel()
	}
	if a.dock.frame != nil {
		a.dock.frame.cancel()
	}
	a.dropPreview()
}
