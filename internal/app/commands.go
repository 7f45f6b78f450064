package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/ops"
	opscommands "github.com/knockops/knockops/internal/ops/commands"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/commands"
)

// addCommands puts the operator's own commands on their pages and into the registry. One that cannot work is left
// out, one whose key cannot be has none, and both are said.
func addCommands(s *ops.Session, cfg *config.Config, pages []ui.Page, keys *keymap.Registry) (problems []keymap.Problem) {
	for _, c := range cfg.Commands {
		complain := func(setting, format string, args ...any) {
			problems = append(problems, keymap.Problem{
				Where: cfg.CommandPos(c, setting).String(), Text: "commands." + c.Name + ": " + fmt.Sprintf(format, args...),
			})
		}
		at, fields := pageOf(c, pages)
		if at < 0 {
			complain("page", "there is no page %q%s", c.Page, termtext.DidYouMean(c.Page, namesOfPages(pages)))
			continue
		}
		if field, known := unknownField(c, fields); field != "" {
			complain("{"+field+"}", "there is no field {%s} on %s%s; there are %s", field, c.Page, termtext.DidYouMean(field, known), strings.Join(known, ", "))
			continue
		}
		if _, err := opscommands.Find(c.Run[0]); err != nil {
			complain("run", "%s", err)
		}
		b := commands.Bind(s, c, c.Page, fields)
		if err := keys.AddFree(b.Action); err != nil {
			complain("key", "%s; it has no key for now", err)
		}
		pages[at].Bindings = append(slices.Clone(pages[at].Bindings), b)
	}
	return problems
}

// pageOf is where the page of a command is, and what it tells; -1 where there is none. One that works everywhere
// is bound with the first page.
func pageOf(c config.Command, pages []ui.Page) (at int, fields ui.Fields) {
	if c.Page == keymap.Global {
		return 0, ui.Fields{}
	}
	at = slices.IndexFunc(pages, func(p ui.Page) bool { return p.Name == c.Page })
	if at >= 0 {
		fields = pages[at].Fields
	}
	return at, fields
}

func namesOfPages(pages []ui.Page) []string {
	names := []string{keymap.Global}
	for _, p := range pages {
		names = append(names, p.Name)
	}
	return names
}

// unknownField is a field of a command that its page does not have, "" when it has all of them.
func unknownField(c config.Command, fields ui.Fields) (field string, known []string) {
	known = append(known, fields.Names...)
	for _, name := range commands.Everywhere {
		if name != config.Input || c.Prompt != "" {
			known = append(known, name)
		}
	}
	for _, name := range c.Fields() {
		if !slices.Contains(known, name) {
			return name, known
		}
	}
	return "", known
}

// commandEnvironment is what commands find in their environment.
func commandEnvironment(cfg *config.Config, p config.Profile, apiKey, token string) opscommands.Environment {
	e := opscommands.Environment{Hidden: cfg.KeyVariables(), Keys: []string{"KNOCK_API_KEY=" + apiKey}}
	if token != "" {
		e.Keys = append(e.Keys, "KNOCK_SERVICE_TOKEN="+token)
	}
	if !p.Implicit {
		e.Add = append(e.Add, "KNOCKOPS_PROFILE="+p.Name)
	}
	if cfg.Exists {
		e.Add = append(e.Add, "KNOCKOPS_CONFIG="+cfg.Path)
	}
	return e
}
