package app

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/config"
)

// watched is a model that keeps what it panicked with. The panic goes on, so
// that Bubble Tea restores the terminal.
type watched struct {
	model tea.Model

	mu    sync.Mutex
	panic string
}

func (w *watched) Init() tea.Cmd {
	defer w.note()
	return w.command(w.model.Init())
}

func (w *watched) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	defer w.note()
	_, cmd := w.model.Update(msg)
	return w, w.command(cmd)
}

func (w *watched) View() tea.View {
	defer w.note()
	return w.model.View()
}

// command watches over a command, and over those that it turns out to hold.
func (w *watched) command(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		defer w.note()
		msg := cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i, c := range batch {
				batch[i] = w.command(c)
			}
		}
		return msg
	}
}

func (w *watched) note() {
	what := recover()
	if what == nil {
		return
	}
	w.mu.Lock()
	if w.panic == "" {
		w.panic = fmt.Sprintf("%v\n\n%s", what, debug.Stack())
	}
	w.mu.Unlock()
	panic(what)
}

// report writes down what happened and says where.
func (w *watched) report() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, state := config.Paths()
	file := filepath.Join(state, "crash-"+time.Now().Format("20060102-150405")+".txt")
	body := fmt.Sprintf("knockops %s, %s, %s/%s\n\n%s\n", Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, w.panic)
	err := os.MkdirAll(state, 0o700)
	if err == nil {
		err = os.WriteFile(file, []byte(config.WithoutSecrets(body)), 0o600)
	}
	if err != nil {
		return fmt.Errorf("knockops crashed; no report could be written: %w", err)
	}
	return fmt.Errorf("knockops crashed; what was sent stays sent; the report is %s", file)
}
