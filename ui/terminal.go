package ui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
)

// windowTitle says in the terminal's own title what goes on, and when somebody is waited for: the window may be one
// of many.
func (a *App) windowTitle() string {
	title := "knockops · " + termtext.Clean(a.status.Profile)
	switch s := a.status; {
	case s.Task != "" && len(a.dialogs) > 0:
		return title + " · waiting for you"
	case s.Task != "" && s.TaskPercent >= 0:
		return title + fmt.Sprintf(" · %s %d %%", s.Task, s.TaskPercent)
	case s.Task != "":
		return title + " · " + s.Task
	}
	return title
}

// progressBar is the one that a terminal may show in its tab or in the task bar.
func (a *App) progressBar() *tea.ProgressBar {
	switch s := a.status; {
	case s.Task == "":
		return nil
	case len(a.dialogs) > 0:
		return tea.NewProgressBar(tea.ProgressBarWarning, max(0, s.TaskPercent))
	case s.TaskPercent < 0:
		return tea.NewProgressBar(tea.ProgressBarIndeterminate, 0)
	default:
		return tea.NewProgressBar(tea.ProgressBarDefault, s.TaskPercent)
	}
}

// longTask is how long a task goes on before its end is worth a bell: whoever started it may have looked away.
const longTask = 30 * time.Second

// taskWatch remembers since when a task goes on.
type taskWatch struct {
	name  string
	since time.Time
}

// ended notes what goes on now, and rings when what went on for long is over.
func (w *taskWatch) ended(task string) tea.Cmd {
	before := *w
	if task != before.name {
		*w = taskWatch{task, time.Now()}
	}
	if before.name == "" || task != "" || time.Since(before.since) < longTask {
		return nil
	}
	return tea.Batch(tea.Raw("\a"), Toast(Info, "the %s has ended", before.name))
}
