package trigger

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
)

// Templates holds the commands about triggers that were saved.
func Templates(a *app.App) *cobra.Command {
	return input.Group("templates", "List, show and remove the triggers that were saved", templateList(a), templateShow(a), templateRemove(a))
}

func templateList(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the templates of this profile", Args: cobra.NoArgs, Example: "  knockops templates list",
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, _, err := a.Session(cmd.Context())
			if err != nil {
				return err
			}
			all, err := s.Templates(cmd.Context())
			if err != nil {
				return err
			}
			return output.NewLister(a.Printer,
				output.Col("NAME", func(t ops.Template) string { return t.Name }),
				output.Col("WORKFLOW", func(t ops.Template) string { return t.Workflow }),
				output.Col("RECIPIENTS", func(t ops.Template) string { return output.OrDash(output.Names(t.Lines())) }),
				output.Col("SAVED", func(t ops.Template) string { return output.Stamp(t.SavedAt) }),
				output.Col("USE", func(t ops.Template) string {
					if t.Elsewhere {
						return "no: of another key or host"
					}
					return "yes"
				}),
			).Rows(all)
		},
	}
}

func templateShow(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "show NAME", Short: "Show what a template sends", Args: cobra.ExactArgs(1), Example: "  knockops templates show monday -o json",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, _, err := a.Session(cmd.Context())
			if err != nil {
				return err
			}
			t, err := s.Template(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			elsewhere := ""
			if t.Elsewhere {
				elsewhere = "saved with another key or at another host: it is not used here"
			}
			key := t.Key
			if t.KeyFrom != ops.KeyTyped && t.KeyFrom != ops.KeyPattern {
				key = t.KeyFrom
			}
			return a.Item(t,
				output.Fact{"name", t.Name}, output.Fact{"workflow", t.Workflow}, output.Fact{"recipients", output.Names(t.Lines())},
				output.Fact{"actor", t.Actor}, output.Fact{"tenant", t.Tenant}, output.Fact{"data", t.Data}, output.Fact{"cancellation_key", key},
				output.Fact{"sandbox_mode", t.SandboxMode}, output.Fact{"skip_delay", t.SkipDelay}, output.Fact{"saved_at", output.Stamp(t.SavedAt)},
				output.Fact{"note", elsewhere},
			)
		},
	}
}

func templateRemove(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "remove NAME", Short: "Remove a template; nothing changes in Knock", Args: cobra.ExactArgs(1), Example: "  knockops templates remove monday",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, _, err := a.Session(cmd.Context())
			if err != nil {
				return err
			}
			if _, err := s.Template(cmd.Context(), args[0]); err != nil {
				return err
			}
			if _, err := s.Journal.RemoveTemplate(cmd.Context(), args[0]); err != nil {
				return err
			}
			a.Say("template %s is removed", args[0])
			return nil
		},
	}
}

// fill takes from the template what the command line does not say.
func (f *triggerFlags) fill(a *app.App, cmd *cobra.Command) error {
	s, _, err := a.Session(cmd.Context())
	if err != nil {
		return err
	}
	t, err := s.Template(cmd.Context(), f.template)
	if err != nil {
		return exit.Usage("--template: %w", err)
	}
	d, err := t.Use()
	if err != nil {
		return exit.Guarded(err)
	}
	said := cmd.Flags().Changed
	f.workflow = d.Workflow
	if !said("to") && !said("to-file") {
		f.to = d.Lines()
	}
	if !said("actor") {
		f.actor = d.Actor
	}
	if !said("tenant") {
		f.tenant = d.Tenant
	}
	if !said("data") && d.Data != "" {
		if err := client.CheckJSON("data", []byte(d.Data)); err != nil { // it must not be taken for a file's name
			return fmt.Errorf("template %s: %w", t.Name, input.ShowPlace(err, d.Data))
		}
		f.data = d.Data
	}
	if !said("cancellation-key") {
		f.keyFrom, f.key = d.KeyFrom, d.Key
	}
	for flag, value := range map[string]string{"sandbox-mode": d.SandboxMode, "skip-delay": d.SkipDelay} {
		if !said(flag) && value != "" {
			if err := cmd.Flags().Set(flag, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// save keeps what the flags describe as a template, and sends nothing. It may be for nobody yet.
func save(a *app.App, cmd *cobra.Command, f triggerFlags) error {
	to, err := a.Recipients(f.to, f.toFile)
	if err != nil {
		return err
	}
	data, err := a.JSON("--data", f.data)
	if err != nil {
		return err
	}
	d := ops.Draft{Workflow: f.workflow, Actor: f.actor, Tenant: f.tenant, Data: string(data)}
	d.KeyFrom, d.Key = f.keyChoice()
	lines := make([]string, len(to))
	for i, r := range to {
		if lines[i], err = recipientLine(r); err != nil {
			return err
		}
	}
	d.Recipients = strings.Join(lines, "\n")
	if cmd.Flags().Changed("sandbox-mode") {
		d.SandboxMode = strconv.FormatBool(f.sandbox)
	}
	if cmd.Flags().Changed("skip-delay") {
		d.SkipDelay = strconv.FormatBool(f.skipDelay)
	}
	s, _, err := a.Session(cmd.Context())
	if err != nil {
		return err
	}
	if err := s.SaveTemplate(cmd.Context(), f.save, d); err != nil {
		return exit.Usage("--save: %w", err)
	}
	a.Say("saved as template %s, for %s; nothing was sent\n  to send it: %s", f.save, termtext.Plural(len(to), "recipient"), s.Command("trigger --template "+termtext.ShellWord(f.save)))
	return nil
}

// recipientLine writes a recipient in one line, as --to takes it: as short as it is still the same.
func recipientLine(r client.Recipient) (string, error) {
	whole, err := json.Marshal(r)
	if err != nil {
		return "", err
	}
	if short, err := client.ParseRecipient(r.Ref.String()); err == nil {
		if same, err := json.Marshal(short); err == nil && string(same) == string(whole) {
			return r.Ref.String(), nil
		}
	}
	return string(whole), nil
}
