package events

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/dashboard"
	"github.com/knockops/knockops/views/internal/nav"
)

func (l *list) Do(action string) tea.Cmd {
	switch action {
	case "events.query":
		return l.openLine()
	case "events.clear":
		return l.ask(ops.EventQuery{})
	case "events.failures":
		return l.ask(l.query.Toggled(ops.EventFailed))
	case "events.pause":
		if l.paused = !l.paused; !l.paused {
			return l.release()
		}
	case "events.group":
		l.groups.by = (l.groups.by + 1) % groupings
		l.groups.set(l.rows)
		l.groups.table.Home()
		if !l.paused {
			return l.release() // groups count what came while somebody read further down
		}
	case "events.columns":
		return ui.ChooseColumns(l.env, l.table)
	case "events.export":
		return l.askExport()
	default:
		if key := ui.ListKey(action); key != nil {
			if l.groups.by != byNothing {
				return l.groups.table.Update(key)
			}
			l.table.Update(key)
			return l.moved()
		}
		return l.onEvent(action)
	}
	return nil
}

// onEvent carries out what needs an event, or a group, under the cursor.
func (l *list) onEvent(action string) tea.Cmd {
	r, ok := l.cursor()
	if !ok {
		return nil
	}
	_, verb, _ := strings.Cut(action, ".")
	switch verb {
	case "open":
		if by := l.groups.by; by != byNothing {
			id := by.of(r)
			l.groups.by = byNothing
			return l.ask(l.query.With(by.word(id)))
		}
		return nav.Event(r.ID)
	case "replay":
		return l.full(r, func(e ops.Event) tea.Cmd { return askReplay(l.env, l.session, e) })
	case "curl":
		return l.full(r, func(e ops.Event) tea.Cmd { return copyCurl(l.session, e) })
	case "copy":
		return l.full(r, func(e ops.Event) tea.Cmd { return ui.Copy("the event's body", string(e.Body)) })
	}
	return jump(l.env, l.session, r.Event, verb)
}

// fullMsg is what is to be done once an event has been read whole.
type fullMsg struct{ cmd func() tea.Cmd }

// full reads an event with its headers and body, which lists do not have.
func (l *list) full(r *row, then func(ops.Event) tea.Cmd) tea.Cmd {
	return l.env.Go(func(ctx context.Context) tea.Msg {
		e, err := l.session.Events.Event(ctx, r.ID)
		if err != nil {
			return fullMsg{func() tea.Cmd { return ui.Toast(ui.Bad, "%s", err) }}
		}
		return fullMsg{func() tea.Cmd { return then(e) }}
	})
}

// jump goes to what an event is about.
func jump(env ui.Env, s *ops.Session, e ops.Event, to string) tea.Cmd {
	switch to {
	case "user":
		ref, err := client.ParseRef(e.Recipient)
		if err != nil {
			return nav.Runs(nav.RunsOf{Recipient: e.Recipient, Status: "all"})
		}
		return nav.Of(ref)
	case "run":
		return nav.Run(e.RunID)
	case "message":
		return nav.Message(e.MessageID)
	case "workflow":
		return nav.Runs(nav.RunsOf{Workflow: e.Workflow, Status: "all"})
	case "dashboard":
		return dashboard.Open(env, s, e.Workflow)
	}
	return nil
}

// nowhere says why there is no way from an event to something, "" when there is one.
func nowhere(e ops.Event, to string) string {
	kind := termtext.Truncate(e.Type, 40)
	switch {
	case to == "user" && e.Recipient == "":
		return kind + " tells of no recipient"
	case to == "run" && e.RunID == "":
		return kind + " tells of no run"
	case to == "message" && e.MessageID == "":
		return kind + " is about no message"
	case (to == "workflow" || to == "dashboard") && e.Workflow == "":
		return kind + " tells of no workflow"
	}
	return ""
}

func (l *list) Disabled(action string) string {
	_, verb, _ := strings.Cut(action, ".")
	r, ok := l.cursor()
	switch verb {
	case "open", "user", "run", "message", "workflow", "dashboard", "replay", "curl", "copy":
		if !ok {
			return "no event selected"
		}
	case "clear":
		if len(l.query.Words) == 0 {
			return "there is no filter to take away"
		}
	}
	if verb == "open" && l.groups.by != byNothing && l.groups.by.of(r) == "" {
		return "what these events have in common is that they name none: there is nothing to filter by"
	}
	if ok {
		return nowhere(r.Event, verb)
	}
	return ""
}
