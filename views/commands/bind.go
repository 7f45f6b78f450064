// Package commands runs programs of the operator's own from any page, on what is selected there, and shows what they
// print.
package commands

import (
	"errors"
	"maps"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/commands"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/views/internal/confirm"
)

// Everywhere are the fields that commands of every page have.
var Everywhere = []string{"profile", "environment", commands.Input}

// Bind makes the action of a command on a page that tells of these fields.
func Bind(s *ops.Session, c commands.Command, scope string, fields ui.Fields) ui.Binding {
	b := binder{session: s, command: c, fields: fields}
	if _, err := commands.Find(c.Run[0]); err != nil {
		b.missing = err.Error()
	}
	danger := keymap.Changes
	if c.ReadsOnly {
		danger = keymap.Safe
	}
	a := keymap.Action{ID: "command." + c.Name, Title: c.Title, Short: c.Name, Scope: scope, Danger: danger}
	if c.Key != "" {
		a.Keys = []string{c.Key}
	}
	return ui.BindAny(a, b.run, b.cannot)
}

type binder struct {
	session *ops.Session
	command commands.Command
	fields  ui.Fields
	missing string // that there is no such program, "" when there is: to look for it takes too long for a frame
}

// values are those of the fields, but for what is asked for, or why there are none.
func (b binder) values(v ui.View) (values map[string]string, whyNot string) {
	values = map[string]string{"profile": b.session.Profile, "environment": b.session.Facts().Environment}
	if b.fields.Of == nil {
		return values, ""
	}
	of, whyNot := b.fields.Of(v)
	maps.Copy(values, of)
	return values, whyNot
}

// cannot says why the command cannot run now.
func (b binder) cannot(v ui.View) string {
	if why := b.session.Commands.Prompt(b.command, b.command.Run).Refused; why != "" {
		return why
	}
	if b.missing != "" {
		return b.missing
	}
	values, whyNot := b.values(v)
	if whyNot == "" {
		values[commands.Input] = "later"
		if _, err := b.command.Argv(values); err != nil {
			whyNot = "not run: " + err.Error()
		}
	}
	return whyNot
}

// run asks for what the command wants to be told, and whether it is to run.
func (b binder) run(env ui.Env, v ui.View) tea.Cmd {
	values, _ := b.values(v)
	if b.command.Prompt == "" {
		return b.ask(env, values)
	}
	take := func(f *form.Form) (tea.Cmd, error) {
		values[commands.Input] = strings.TrimSpace(f.Value(commands.Input))
		if values[commands.Input] == "" {
			return nil, errors.New(b.command.Prompt + " is empty")
		}
		if _, err := b.command.Argv(values); err != nil {
			return nil, err
		}
		return b.ask(env, values), nil
	}
	return ui.AskForm(env.Theme, b.command.Title, "enter to go on · esc to cancel", take, form.Text{ID: commands.Input, Label: b.command.Prompt})
}

// ask runs the command with what was selected when its key was pressed, once that was agreed to.
func (b binder) ask(env ui.Env, values map[string]string) tea.Cmd {
	argv, err := b.command.Argv(values)
	if err != nil {
		return ui.Toast(ui.Bad, "not run: %s", err)
	}
	return confirm.Ask(env, b.session.Commands.Prompt(b.command, argv), func(reason string) tea.Cmd {
		return func() tea.Msg {
			run, err := b.session.Commands.Start(b.command, argv, reason)
			if err != nil {
				return ui.Toast(ui.Bad, "%s", err)()
			}
			return ui.Open(Name, ui.Params{Number: strconv.Itoa(run.Number)})()
		}
	})
}
