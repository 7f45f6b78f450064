package events

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/dashboard"
	"github.com/knockops/knockops/views/internal/nav"
)

// pointed is a view that has an event to act on: the list, and the detail.
type pointed interface {
	// event is what is acted on, or why there is nothing.
	event() (e events.Event, whyNot string)
	// whole gives the event with its headers and body, which lists do not have.
	whole(then func(events.Event) tea.Cmd) tea.Cmd
	shell() (ui.Env, *ops.Session)
}

// onEvent binds an action to an event. missing says what an event lacks for it.
func onEvent(a keymap.Action, run func(pointed, events.Event) tea.Cmd, missing func(events.Event) string) ui.Binding {
	return ui.Bind(a, func(v pointed) tea.Cmd {
		e, _ := v.event()
		return run(v, e)
	}, func(v pointed) string {
		e, whyNot := v.event()
		if whyNot != "" {
			return whyNot
		}
		if lacks := missing(e); lacks != "" {
			return termtext.Truncate(e.Type, 40) + " " + lacks
		}
		return ""
	})
}

// lacks is what an event without a value lacks, in words.
func lacks(of func(events.Event) string, words string) func(events.Event) string {
	return func(e events.Event) string {
		if of(e) == "" {
			return words
		}
		return ""
	}
}

func nothing(events.Event) string { return "" }

// eventBindings are what can be done to an event, from the page of that name.
func eventBindings(page string) []ui.Binding {
	act := func(verb, title, short, key string) keymap.Action {
		return keymap.Action{ID: page + "." + verb, Title: title, Short: short, Keys: []string{key}}
	}
	workflow := lacks(func(e events.Event) string { return e.Workflow }, "tells of no workflow")
	return []ui.Binding{
		onEvent(act("user", "Go to the recipient", "user", "u"), openUser, lacks(func(e events.Event) string { return e.Recipient }, "tells of no recipient")),
		onEvent(act("run", "Go to the run", "run", "p"), func(_ pointed, e events.Event) tea.Cmd { return nav.Run(e.RunID) }, lacks(func(e events.Event) string { return e.RunID }, "tells of no run")),
		onEvent(act("message", "Go to the message", "message", "m"), func(_ pointed, e events.Event) tea.Cmd { return nav.Message(e.MessageID) }, lacks(func(e events.Event) string { return e.MessageID }, "is about no message")),
		onEvent(act("workflow", "Runs of the workflow", "", "w"), func(_ pointed, e events.Event) tea.Cmd {
			return nav.Runs(nav.RunsOf{Workflow: e.Workflow, Status: "all"})
		}, workflow),
		onEvent(act("replay", "Replay the event to a URL", "replay", "R"), func(v pointed, _ events.Event) tea.Cmd {
			env, s := v.shell()
			return v.whole(func(e events.Event) tea.Cmd { return askReplay(env, s, e) })
		}, nothing),
		onEvent(act("curl", "Copy the event as curl", "copy curl", "C"), func(v pointed, _ events.Event) tea.Cmd {
			_, s := v.shell()
			return v.whole(func(e events.Event) tea.Cmd { return ui.Copy("the event as curl, for $URL", s.Events.Curl(e)) })
		}, nothing),
		onEvent(act("copy", "Copy the event's body", "", "Y"), func(v pointed, _ events.Event) tea.Cmd {
			return v.whole(func(e events.Event) tea.Cmd { return ui.Copy("the event's body", string(e.Body)) })
		}, nothing),
		onEvent(dashboard.Action(page), func(v pointed, e events.Event) tea.Cmd {
			env, s := v.shell()
			return dashboard.Open(env, s, e.Workflow)
		}, workflow),
	}
}

func openUser(_ pointed, e events.Event) tea.Cmd {
	ref, err := client.ParseRef(e.Recipient)
	if err != nil {
		return nav.Runs(nav.RunsOf{Recipient: e.Recipient, Status: "all"})
	}
	return nav.Of(ref)
}

func listBindings() []ui.Binding {
	return append([]ui.Binding{
		ui.Bind(keymap.Action{ID: "events.open", Title: "Open the event, or list the group's events", Short: "open", Keys: []string{"enter"}}, (*list).open, (*list).cannotOpen),
		ui.Bind(keymap.Action{ID: "events.pause", Title: "Pause or resume", Short: "pause", Keys: []string{"."}}, (*list).pause),
		ui.Bind(keymap.Action{ID: "events.failures", Title: "Only failures, or all", Short: "failures only", Keys: []string{"!"}}, func(l *list) tea.Cmd { return l.ask(l.query.Toggled(events.FailedWord)) }),
		ui.Bind(keymap.Action{ID: "events.group", Title: "Group by recipient, by run, or not", Short: "group", Keys: []string{"b"}}, (*list).group),
	}, eventBindings(Name)...)
}

func (l *list) pause() tea.Cmd {
	if l.paused = !l.paused; !l.paused {
		return l.release()
	}
	return nil
}

func (l *list) group() tea.Cmd {
	l.groupBy((l.groups.by + 1) % groupings)
	l.groups.Table.Home()
	if !l.paused {
		return l.release() // groups count what came while somebody read further down
	}
	return nil
}

func (l *list) groupBy(by grouping) {
	l.groups.by = by
	l.groups.set(l.rows)
	if l.listing = l.groups; by == byNothing {
		l.listing = l.events
	}
}

func (l *list) open() tea.Cmd {
	r, _ := l.cursor()
	if by := l.groups.by; by != byNothing {
		l.groupBy(byNothing)
		return l.ask(l.query.With(by.word(by.of(r))))
	}
	return nav.Event(r.ID)
}

func (l *list) cannotOpen() string {
	if _, whyNot := l.event(); whyNot != "" {
		return whyNot
	}
	if r, _ := l.cursor(); l.groups.by != byNothing && l.groups.by.of(r) == "" {
		return "what these events have in common is that they name none: there is nothing to filter by"
	}
	return ""
}

func (l *list) event() (events.Event, string) {
	_, whyNot := l.events.Selected()
	if l.groups.by != byNothing {
		_, whyNot = l.groups.Selected()
	}
	if whyNot != "" {
		return events.Event{}, whyNot
	}
	r, _ := l.cursor()
	return r.Event, ""
}

func (l *list) shell() (ui.Env, *ops.Session) { return l.env, l.session }

// fullMsg is what is to be done once an event has been read whole.
type fullMsg struct{ cmd func() tea.Cmd }

func (l *list) whole(then func(events.Event) tea.Cmd) tea.Cmd {
	r, _ := l.cursor()
	return l.env.Go(func(ctx context.Context) tea.Msg {
		e, err := l.session.Events.Event(ctx, r.ID)
		if err != nil {
			return fullMsg{func() tea.Cmd { return ui.Toast(ui.Bad, "%s", err) }}
		}
		return fullMsg{func() tea.Cmd { return then(e) }}
	})
}
