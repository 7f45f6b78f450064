// Package sources shows what sources map to workflows, what came of the events they received, and sends one.
package sources

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/detailpage"
	"github.com/knockops/knockops/views/internal/fields"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/nav"
)

// Names of the pages. Key is the param of the log, and Key and ID are the event's.
const (
	Name      = "sources"
	Log       = "source"
	EventPage = "sourceevent"
	Key       = "source"
	ID        = nav.ID
	Find      = "find"
)

// Pages returns the list of sources, a source's log, and one event of it.
func Pages(s *ops.Session) []ui.Page {
	send := &sender{session: s, drafts: map[string]draft{}}
	return []ui.Page{
		{
			Name: Name, Title: "Sources", Help: "Sources: what they map to workflows, and what came of their events", Scopes: listpage.Scopes, Arg: Find,
			Bindings: []ui.Binding{
				listpage.OnRow(keymap.Action{ID: "sources.open", Title: "Open the source's log", Short: "log", Keys: []string{"enter"}}, func(_ *list, x client.Source) tea.Cmd { return openLog(x.Key) }),
				listpage.OnRow(sendEvent("sources.send"), func(l *list, x client.Source) tea.Cmd { return send.ask(l.Env, x) }),
				listpage.OnRow(keymap.Action{ID: "sources.raw", Title: "Raw JSON of the source", Short: "json", Keys: []string{"J"}}, func(_ *list, x client.Source) tea.Cmd { return nav.JSON("source "+x.Key, x.Raw) }),
			},
			Fields: fields.Key(func(l *list) (string, string) {
				x, whyNot := l.Selected()
				return x.Key, whyNot
			}),
			Open: func(env ui.Env, p ui.Params) ui.View { return newList(env, s, send, p[Find]) },
		},
		{
			Name: Log, Title: "Source", Hidden: true, Arg: Key, Scopes: listpage.Scopes,
			Bindings: []ui.Binding{
				listpage.OnRow(keymap.Action{ID: "source.open", Title: "Open the event", Short: "open", Keys: []string{"enter"}}, func(l *log, e ops.SourceEvent) tea.Cmd { return openEvent(l.key, e.Log.ID) }),
				listpage.OnRow(keymap.Action{ID: "source.runs", Title: "Runs that the event began", Short: "runs", Keys: []string{"p"}}, func(l *log, e ops.SourceEvent) tea.Cmd { return runs(l.Env, e) }, func(_ *log, e ops.SourceEvent) string { return noRuns(e) }),
				listpage.OnRow(keymap.Action{ID: "source.raw", Title: "Raw JSON of the event", Short: "json", Keys: []string{"J"}}, func(_ *log, e ops.SourceEvent) tea.Cmd { return nav.JSON("event "+e.Log.Event, e.Log.Raw) }),
				ui.Bind(sendEvent("source.send"), (*log).send, ui.When((*log).unread, "the source is still being read")),
			},
			Open: func(env ui.Env, p ui.Params) ui.View { return newLog(env, s, send, p[Key]) },
		},
		{
			Name: EventPage, Title: "Source event", Hidden: true, Scopes: detailpage.Scopes,
			Bindings: []ui.Binding{
				detailpage.On(keymap.Action{ID: "sourceevent.runs", Title: "Runs that the event began", Short: "runs", Keys: []string{"enter", "p"}}, func(v *event, e ops.SourceEvent) tea.Cmd { return runs(v.env, e) }, func(_ *event, e ops.SourceEvent) string { return noRuns(e) }),
			},
			Open: func(env ui.Env, p ui.Params) ui.View { return newEvent(env, s, p[Key], p[ID]) },
		},
	}
}

func sendEvent(id string) keymap.Action {
	return keymap.Action{ID: id, Title: "Send an event to the source", Short: "send event", Keys: []string{"t"}, Danger: keymap.Changes}
}

func openLog(key string) tea.Cmd { return ui.Open(Log, ui.Params{Key: key}) }

func openEvent(key, id string) tea.Cmd { return ui.Open(EventPage, ui.Params{Key: key, ID: id}) }

type list struct {
	*listpage.List[client.Source]
	sender *sender
}

func newList(env ui.Env, s *ops.Session, send *sender, find string) *list {
	type source = client.Source
	return &list{sender: send, List: listpage.New(env, listpage.Spec[source]{
		Noun: "source", ID: func(x source) string { return x.Key }, CopyOf: "source key", Search: find,
		Preview: func(x source) tea.Cmd { return openLog(x.Key) },
		Columns: []table.Column[source]{
			{Title: "KEY", Width: 24, Min: 12, Flex: true, Identifies: true, Cell: table.Text(theme.Plain, func(x source) string { return x.Key })},
			{Title: "NAME", Width: 24, Min: 12, Flex: true, Cell: table.Text(theme.Plain, func(x source) string { return x.Name })},
			table.Count("MAPPINGS", 8, 2, theme.Plain, func(x source) int { return len(x.Mappings) }),
			{Title: "DESCRIPTION", Width: 30, Min: 12, Flex: true, Priority: 1, Cell: table.Text(theme.Muted, func(x source) string { return x.Description })},
		},
		Read: func(ctx context.Context, _ string) ([]source, string, error) {
			all, err := s.Client.Sources(ctx)
			return all, "", err
		},
		Empty: func() (what, help string) {
			return "There are no sources in the account.", "They are made in Knock's dashboard, and send events that workflows are mapped to."
		},
	})}
}

// Update tells what came of an event that was sent from here, beside what a list takes.
func (l *list) Update(msg tea.Msg) tea.Cmd {
	if cmd, taken := l.sender.update(l.Env, msg, l.Refresh); taken {
		return cmd
	}
	return l.List.Update(msg)
}

// logEvery is how often a source's log is read.
const logEvery = 5 * time.Second

// log is what a source received, below what it maps.
type log struct {
	*listpage.List[ops.SourceEvent]
	session *ops.Session
	sender  *sender
	key     string
	source  client.Source // without mappings until it was read
}

type sourceMsg struct{ source client.Source }

func newLog(env ui.Env, s *ops.Session, send *sender, key string) *log {
	l := &log{session: s, sender: send, key: key}
	l.List = listpage.New(env, listpage.Spec[ops.SourceEvent]{
		Noun: "event", ID: func(e ops.SourceEvent) string { return e.Log.ID }, CopyOf: "event id", Columns: logColumns(s), First: 200, Every: logEvery,
		Preview: func(e ops.SourceEvent) tea.Cmd { return openEvent(key, e.Log.ID) },
		Read: func(ctx context.Context, after string) ([]ops.SourceEvent, string, error) {
			page, err := s.Client.SourceLogs(ctx, key, client.SourceLogFilter{}, client.Cursor{After: after})
			return ops.SourceEvents(client.Source{}, page.Items), page.After, err
		},
		Join:  l.join,
		Above: l.above,
		Empty: func() (what, help string) {
			return termtext.Middle(key, 40) + " received no events.", env.Hint(sendEvent("source.send")) + " sends one."
		},
	})
	return l
}

func logColumns(s *ops.Session) []table.Column[ops.SourceEvent] {
	type event = ops.SourceEvent
	return []table.Column[event]{
		{Title: "EVENT", Width: 22, Min: 12, Flex: true, Identifies: true, Cell: table.Text(theme.Plain, func(e event) string { return e.Log.Event })},
		{Title: "USER", Width: 18, Min: 10, Flex: true, Identifies: true, Cell: table.Text(theme.Plain, func(e event) string { return ops.SourceUser(e.Log) })},
		{Title: "OUTCOME", Width: 34, Min: 18, Flex: true, Cell: func(e event) (string, theme.Ink) {
			return e.Words, ink(e.Outcome)
		}},
		{
			Title: "AGE", Width: 4, Right: true, Cell: table.Text(theme.Muted, func(e event) string { return termtext.Age(s.Client.ServerNow().Sub(e.Log.InsertedAt)) }),
			Order: func(a, b event) int { return b.Log.InsertedAt.Compare(a.Log.InsertedAt) },
		},
	}
}

func ink(o ops.SourceOutcome) theme.Ink {
	switch o {
	case ops.SourceActed:
		return theme.OK
	case ops.SourceRefused:
		return theme.Danger
	case ops.SourceDuplicate: // rightly nothing
		return theme.Muted
	}
	return theme.Attention
}

// join says what came of the events by all of them that were read, and by what is mapped.
func (l *log) join(rows []ops.SourceEvent) []ops.SourceEvent {
	logs := make([]client.SourceLog, len(rows))
	for i, e := range rows {
		logs[i] = e.Log
	}
	return ops.SourceEvents(l.source, logs)
}

// Init reads the source beside its log.
func (l *log) Init() tea.Cmd {
	return tea.Batch(l.List.Init(), l.Env.Go(func(ctx context.Context) tea.Msg {
		source, err := l.session.Source(ctx, l.key)
		if err != nil {
			return nil // the log says what is wrong
		}
		return sourceMsg{source}
	}))
}

// Update takes the source, beside what a list takes.
func (l *log) Update(msg tea.Msg) tea.Cmd {
	if m, ok := msg.(sourceMsg); ok {
		l.source = m.source
		l.Relayout()
		l.Show()
		return nil
	}
	if cmd, taken := l.sender.update(l.Env, msg, l.Refresh); taken {
		return cmd
	}
	return l.List.Update(msg)
}

func (l *log) unread() bool { return l.source.Key == "" }

func (l *log) send() tea.Cmd { return l.sender.ask(l.Env, l.source) }

// Subject implements [ui.Pointed].
func (l *log) Subject() ui.Subject {
	e, _ := l.Selected()
	return subject(e)
}

// Crumb is the source.
func (l *log) Crumb() string { return termtext.Middle(l.key, 40) }

// mostMappings is how many mappings stand above a log.
const mostMappings = 6

// above are the mappings.
func (l *log) above() []string {
	t := l.Env.Theme
	var lines []string
	for i, m := range l.source.Mappings {
		if i == mostMappings {
			lines = append(lines, "   "+t.Muted.Render("and "+termtext.Plural(len(l.source.Mappings)-i, "mapping")+" more"))
			break
		}
		lines = append(lines, "   "+t.Accent.Render(termtext.Clean(m.Event))+t.Muted.Render(": "+termtext.Clean(ops.MappingWords(m))))
	}
	return lines
}
