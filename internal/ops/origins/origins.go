// Package origins tells what triggers a workflow, and which versions of it were committed.
package origins

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
)

// Requests is how many requests the question takes, where the environment's workflows fit a page. One of them is of
// the endpoint that lists runs.
const Requests = 5

// Origins are what triggers a workflow, as far as it can be known: how it is set up, and what its newest runs say.
type Origins struct {
	Sources   []Source        `json:"sources,omitempty"`
	Workflows []Step          `json:"workflows,omitempty"`
	Schedules Schedules       `json:"schedules,omitzero"`
	Seen      Seen            `json:"seen,omitzero"`
	Commits   []client.Commit `json:"commits,omitempty"` // the newest first
	Older     bool            `json:"older_commits,omitempty"`
	Unread    []string        `json:"unread,omitempty"` // what could not be read, and why
}

// Source is a mapping of a source's event to the workflow.
type Source struct {
	Source string `json:"source"`
	Event  string `json:"event_type"`
	Does   string `json:"does"` // in words
	Active bool   `json:"active"`
}

// Step is a step of a workflow that triggers others.
type Step struct {
	Workflow string `json:"workflow"`
	Ref      string `json:"step_ref"`
	// Key is where the step takes the key of the workflow from, "" for one that names it.
	Key string `json:"workflow_key,omitempty"`
}

// Schedules are those of the workflow.
type Schedules struct {
	Count int       `json:"count"`
	More  bool      `json:"more,omitempty"` // there are more of them than were counted
	Next  time.Time `json:"next_occurrence_at,omitzero"`
}

// Seen is what began the workflow's newest runs.
type Seen struct {
	Runs int      `json:"runs"` // that were looked at
	More bool     `json:"more,omitempty"`
	By   []SeenBy `json:"by,omitempty"` // the most first
}

// SeenBy is one kind of trigger among them.
type SeenBy struct {
	Type     string    `json:"type"` // as in a run's trigger_source
	Audience string    `json:"audience_key,omitempty"`
	Runs     int       `json:"runs"`
	Last     time.Time `json:"last"`
}

// Of asks all of it at once. What cannot be read is told beside the rest.
func Of(ctx context.Context, s *ops.Session, workflow string) Origins {
	var o Origins
	var mu sync.Mutex
	var all sync.WaitGroup
	// Each reads first, and then writes what it found.
	ask := func(what string, read func() (take func(), err error)) {
		all.Go(func() {
			take, err := read()
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				o.Unread = append(o.Unread, what+": "+err.Error())
				return
			}
			take()
		})
	}
	ask("schedules", func() (func(), error) {
		page, err := s.Client.ListSchedules(ctx, client.ScheduleFilter{Workflow: workflow}, client.Cursor{})
		return func() { o.Schedules = schedules(page) }, err
	})
	ask("its newest runs", func() (func(), error) {
		page, err := s.Client.ListRuns(ctx, client.RunFilter{Workflow: workflow}, client.Cursor{})
		return func() { o.Seen = seen(page) }, err
	})
	if why, help := ops.Unmanaged(s.Client.Unmanaged()); why != "" {
		all.Wait()
		o.Unread = append(o.Unread, "sources, other workflows and commits: "+why+". "+help)
		return o
	}
	ask("sources", func() (func(), error) {
		all, err := s.Client.Sources(ctx)
		return func() { o.Sources = sources(all, workflow) }, err
	})
	ask("other workflows", func() (func(), error) {
		all, err := s.Workflows(ctx)
		return func() { o.Workflows = steps(all, workflow) }, err
	})
	ask("commits", func() (func(), error) {
		page, err := s.Client.ListCommits(ctx, workflow, client.Cursor{})
		return func() { o.Commits, o.Older = page.Items, page.After != "" }, err
	})
	all.Wait()
	slices.Sort(o.Unread)
	return o
}

func schedules(page client.Page[client.Schedule]) Schedules {
	out := Schedules{Count: len(page.Items), More: page.After != ""}
	for _, s := range page.Items {
		if at := s.NextOccurrenceAt; !at.IsZero() && (out.Next.IsZero() || at.Before(out.Next)) {
			out.Next = at
		}
	}
	return out
}

func seen(page client.Page[client.Run]) Seen {
	out := Seen{Runs: len(page.Items), More: page.After != ""}
	for _, r := range page.Items {
		by := SeenBy{Type: r.TriggerSource.Type, Audience: r.TriggerSource.AudienceKey}
		i := slices.IndexFunc(out.By, func(s SeenBy) bool { return s.Type == by.Type && s.Audience == by.Audience })
		if i < 0 {
			out.By = append(out.By, by)
			i = len(out.By) - 1
		}
		out.By[i].Runs++
		if r.InsertedAt.After(out.By[i].Last) {
			out.By[i].Last = r.InsertedAt
		}
	}
	slices.SortStableFunc(out.By, func(a, b SeenBy) int { return b.Runs - a.Runs })
	return out
}

func sources(all []client.Source, workflow string) (out []Source) {
	for _, s := range all {
		for _, m := range s.Mappings {
			if m.Workflow() == workflow {
				out = append(out, Source{s.Key, m.Event, ops.MappingWords(m), m.Active})
			}
		}
	}
	return out
}

// steps finds the steps that trigger a workflow, and those that take the key of what they trigger from elsewhere.
func steps(all []client.Workflow, workflow string) (out []Step) {
	var walk func(in string, steps []client.Step)
	walk = func(in string, steps []client.Step) {
		for _, s := range steps {
			var set struct {
				Key string `json:"workflow_key"`
			}
			_ = json.Unmarshal(s.Settings, &set) // what is not as documented is not told
			switch {
			case s.Type != "trigger_workflow":
			case set.Key == workflow:
				out = append(out, Step{in, s.Ref, ""})
			case strings.Contains(set.Key, "{"):
				out = append(out, Step{in, s.Ref, set.Key})
			}
			for _, b := range s.Ways() {
				walk(in, b.Steps)
			}
		}
	}
	for _, w := range all {
		walk(w.Key, w.Steps)
	}
	return out
}

// Line is one origin in words: what it is, and what is known of it.
type Line struct {
	What, Says string
	Unread     bool // it could not be found out
}

// Lines say what triggers the workflow, at a time.
func (o Origins) Lines(now time.Time) (lines []Line) {
	add := func(what, says string) {
		lines = append(lines, Line{What: termtext.Clean(what), Says: termtext.Clean(says)})
	}
	for _, s := range o.Sources {
		add("source "+s.Source, "on "+s.Event+", "+s.Does)
	}
	for _, s := range o.Workflows {
		says := "its step " + s.Ref
		if s.Key != "" {
			says += " may: it takes the key from " + s.Key
		}
		add("workflow "+s.Workflow, says)
	}
	if n := o.Schedules.Count; n > 0 {
		says := termtext.Plural(n, "schedule")
		if o.Schedules.More {
			says = "at least " + says
		}
		if at := o.Schedules.Next; !at.IsZero() {
			says += ", the next at " + at.Local().Format("2006-01-02 15:04")
		}
		add("schedules", says)
	}
	for _, by := range o.Seen.By {
		what := strings.ReplaceAll(by.Type, "_", " ")
		if by.Audience != "" {
			what += " " + by.Audience
		}
		of := termtext.Plural(o.Seen.Runs, "run")
		if o.Seen.More {
			of = "newest " + of
		}
		add(what, termtext.Count(by.Runs)+" of the "+of+", last "+termtext.Age(now.Sub(by.Last))+" ago")
	}
	if len(lines) == 0 && len(o.Unread) == 0 {
		add("nothing", "no source, schedule or workflow names it, and it has no runs; an API trigger may come at any time")
	}
	for _, u := range o.Unread {
		lines = append(lines, Line{"not read", termtext.Clean(u), true})
	}
	return lines
}

// CommitLine is a commit in words: when and by whom, and its message.
func CommitLine(c client.Commit) Line {
	who := c.Author.Name
	if who == "" {
		who = c.Author.Email
	}
	return Line{What: c.CreatedAt.Local().Format("2006-01-02 15:04"), Says: termtext.Clean(strings.TrimSuffix(c.Message+" · "+who, " · "))}
}
