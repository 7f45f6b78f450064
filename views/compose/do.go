package compose

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/confirm"
	"github.com/knockops/knockops/views/internal/nav"
)

// Actions that texts of the page name.
var (
	sendIt     = keymap.Action{ID: "compose.send", Title: "Send the trigger", Short: "send", Keys: []string{"ctrl+s"}, Danger: keymap.Destroys, InText: true}
	checkIt    = keymap.Action{ID: "compose.check", Title: "Check what would be sent, and what would stop it", Short: "check", Keys: []string{"f8"}, InText: true}
	otherDraft = keymap.Action{ID: "compose.other", Title: "Go to the previous draft", Short: "other draft", Keys: []string{"ctrl+r"}, InText: true}
	showIt     = keymap.Action{ID: "compose.show", Title: "Show the runs of what was sent, the request as JSON, or as curl", Short: "JSON/curl", Keys: []string{"ctrl+t"}, InText: true}
	copyCurl   = keymap.Action{ID: "compose.copy", Title: "Copy the request as curl", Short: "copy curl", Keys: []string{"C"}}
)

func bindings() []ui.Binding {
	return []ui.Binding{
		ui.Bind(keymap.Action{ID: "compose.open", Title: "Open the run, or edit", Short: "open", Keys: []string{"enter"}}, (*view).open, ui.When((*view).awaitsRuns, "its runs have not appeared yet")),
		ui.Bind(keymap.Action{ID: "compose.cancel", Title: "Cancel the runs of this trigger", Short: "cancel these runs", Keys: []string{"c"}, Danger: keymap.Destroys}, (*view).cancel, (*view).cannotCancel),
		ui.Bind(keymap.Action{ID: "compose.edit", Title: "Edit", Short: "type", Keys: []string{"i", "tab"}}, (*view).edit, ui.When((*view).Editing, "already editing")),
		ui.Bind(sendIt, (*view).send, ui.When((*view).sending, "already sending")),
		ui.Bind(keymap.Action{ID: "compose.pick", Title: "Pick a workflow", Short: "workflows", Keys: []string{"ctrl+o"}, InText: true}, (*view).pick),
		ui.Bind(showIt, (*view).turn),
		ui.Bind(keymap.Action{ID: "compose.new", Title: "Start a new draft", Short: "new", Keys: []string{"ctrl+n"}, InText: true}, (*view).askNew),
		ui.Bind(otherDraft, (*view).rotate, ui.When((*view).onlyDraft, "there is no other draft")),
		ui.Bind(checkIt, (*view).check),
		ui.Bind(keymap.Action{ID: "compose.template", Title: "Open a template, or save the draft as one", Short: "templates", Keys: []string{"f9"}, InText: true}, (*view).readTemplates),
		ui.Bind(keymap.Action{ID: "compose.format", Title: "Format the data, or fill in its form where it is empty", Keys: []string{"ctrl+g"}, InText: true}, (*view).format),
		ui.Bind(copyCurl, (*view).copyCurl),
		ui.Bind(keymap.Action{ID: "compose.copykey", Title: "Copy the cancellation key", Keys: []string{"Y"}}, (*view).copyKey, ui.When((*view).noKey, "there is no cancellation key")),
	}
}

func (v *view) open() tea.Cmd {
	if v.side() != sideRuns {
		return v.edit()
	}
	if r, ok := v.workspace.live.cursor(); ok {
		return nav.Run(r.ID)
	}
	return nil
}

func (v *view) awaitsRuns() bool {
	return v.side() == sideRuns && len(v.workspace.live.now.Runs) == 0
}

func (v *view) cancel() tea.Cmd {
	pending, all := v.workspace.live.pending()
	return confirm.Cancel(v.env, v.session, pending, all, false)
}

func (v *view) cannotCancel() string {
	l := v.workspace.live
	if l == nil || len(l.now.Runs) == 0 {
		return "there are no runs of this page yet: " + v.env.Hint(sendIt) + " sends"
	}
	return l.uncancellable()
}

// uncancellable says why none of the runs can be cancelled.
func (l *live) uncancellable() string {
	pending, all := l.pending()
	if len(pending) == 0 {
		return "all runs of this trigger have ended"
	}
	if l.sent.trigger.CancellationKey == "" {
		return cancel.Uncancellable(all[0])
	}
	return ""
}

func (v *view) edit() tea.Cmd {
	if v.left == 0 {
		v.showing = sideForm
	}
	return v.workspace.top().form.Focus()
}

func (v *view) sending() bool { return v.workspace.top().attempt != nil }

// turn goes to the next thing to see.
func (v *view) turn() tea.Cmd {
	d := v.workspace.top()
	sides := []side{sideForm, sideRuns, sideJSON, sideCurl, sideCheck}
	if v.left > 0 { // the form is there anyway
		sides = []side{sideJSON, sideRuns, sideCurl, sideCheck}
	}
	sides = slices.DeleteFunc(sides, func(s side) bool {
		return s == sideRuns && v.workspace.live == nil || s == sideCheck && v.checked.draft != d
	})
	v.showing = sides[(slices.Index(sides, v.side())+1)%len(sides)]
	return nil
}

// rotate goes to the draft before this one.
func (v *view) rotate() tea.Cmd {
	v.workspace.rotate()
	v.workspace.top().form.Focus()
	return v.await(v.workspace.top())
}

func (v *view) onlyDraft() bool { return len(v.workspace.drafts) < 2 }

// format indents the data. Where there is none it takes the form that the workflow wants.
func (v *view) format() tea.Cmd {
	d := v.workspace.top()
	if len(d.data()) > 0 {
		d.json.Format()
		return nil
	}
	w, ok := v.workspace.catalogue.find(d.workflow())
	if !ok {
		return ui.Toast(ui.Info, "the form of the data is not known: choose a workflow first")
	}
	skeleton := ops.DataSkeleton(w)
	if skeleton == nil {
		return ui.Toast(ui.Info, "%s names no data: neither its schema nor its templates do", w.Key)
	}
	d.form.SetValue(data, string(skeleton))
	return nil
}

func (v *view) copyCurl() tea.Cmd {
	t := v.workspace.top().trigger()
	if v.side() == sideRuns {
		t = v.workspace.live.sent.trigger
	}
	r, err := v.session.Client.TriggerRequest(t)
	if err != nil {
		return ui.Toast(ui.Warn, "no request yet: %s", err)
	}
	return ui.Copy("the request as curl", r.Curl())
}

// shownKey is the key of what is looked at: of the trigger that was sent, or of the draft.
func (v *view) shownKey() string {
	if v.side() == sideRuns {
		return v.workspace.live.sent.trigger.CancellationKey
	}
	k, _ := v.workspace.top().key()
	return k
}

func (v *view) copyKey() tea.Cmd { return ui.Copy("the cancellation key", v.shownKey()) }

func (v *view) noKey() bool { return v.shownKey() == "" }
