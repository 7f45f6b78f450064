package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/termtext"
)

// Config holds the commands about the configuration.
func Config(a *app.App) *cobra.Command {
	return input.Group("config", "Write, check, show and edit the configuration",
		configInitCmd(a), configPathCmd(a), configShowCmd(a), configValidateCmd(a), configEditCmd(a))
}

// configPath is the configuration file, whether it is there or not.
func configPath(a *app.App) string {
	if a.Flags.Config != "" {
		return a.Flags.Config
	}
	path, _ := config.Paths()
	return path
}

func configInitCmd(a *app.App) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use: "init", Short: "Write a commented configuration file to start from", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			path := configPath(a)
			if err := config.Init(path, force); err != nil {
				if errors.Is(err, fs.ErrExist) {
					return exit.Usage("%w", err)
				}
				return err
			}
			a.Say("wrote %s, readable by you alone; `knockops config edit` opens it", path)
			return nil
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "write over a file that is there")
	return cmd
}

func configPathCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "path", Short: "Print where the configuration file is, or would be", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if a.Format != output.Table {
				return a.Object(map[string]string{"path": configPath(a)})
			}
			_, err := fmt.Fprintln(a.Stdout, termtext.Clean(configPath(a)))
			return err
		},
	}
}

// shownConfig is the configuration as it comes out of all its layers. Keys are
// named by where they are kept.
type shownConfig struct {
	Path     string         `json:"path"`
	Exists   bool           `json:"exists"`
	Current  string         `json:"current"`
	Profiles []shownProfile `json:"profiles"`
}

type shownProfile struct {
	Name              string `json:"name"`
	Current           bool   `json:"current"`
	Environment       string `json:"environment"`
	BaseURL           string `json:"base_url"`
	ManagementBaseURL string `json:"management_base_url"`
	APIKey            string `json:"api_key"`
	ServiceToken      string `json:"service_token"`
	Protected         bool   `json:"protected"`
	ReadOnly          bool   `json:"read_only"`
	Color             string `json:"color,omitempty"`
}

func shown(cfg *config.Config) shownConfig {
	out := shownConfig{Path: cfg.Path, Exists: cfg.Exists, Current: cfg.Current, Profiles: []shownProfile{}}
	for _, p := range cfg.Profiles {
		out.Profiles = append(out.Profiles, shownProfile{
			p.Name, p.Name == cfg.Current, p.Environment, p.BaseURL, p.ManagementBaseURL,
			p.APIKey.String(), p.ServiceToken.String(), p.Protected, p.ReadOnly, p.Color,
		})
	}
	return out
}

func configShowCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "show", Short: "Show the configuration as it comes out of flags, environment and file", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := a.LoadConfig()
			if err != nil {
				return err
			}
			c := shown(cfg)
			exists := ""
			if !c.Exists {
				exists = " (not there)"
			}
			if err := a.Item(c, output.Fact{"file", c.Path + exists}, output.Fact{"current", c.Current}); err != nil || a.Format != output.Table {
				return err
			}
			for _, p := range c.Profiles {
				if _, err := fmt.Fprintln(a.Stdout); err != nil {
					return err
				}
				err := a.Item(nil, output.Fact{"profile", p.Name}, output.Fact{"environment", p.Environment}, output.Fact{"guard", guardOf(p)}, output.Fact{"base_url", p.BaseURL},
					output.Fact{"management_base_url", p.ManagementBaseURL}, output.Fact{"api_key", "from " + p.APIKey}, output.Fact{"service_token", "from " + p.ServiceToken}, output.Fact{"color", p.Color})
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func guardOf(p shownProfile) string {
	switch {
	case p.ReadOnly:
		return "read-only"
	case p.Protected:
		return "protected"
	}
	return "none"
}

func configValidateCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "validate", Short: "Check the configuration file", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			path := configPath(a)
			if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
				return exit.Usage("there is no file %s: `knockops config init` writes one", path)
			}
			problems := fileProblems(path)
			wrong := 0
			for _, p := range problems {
				if !p.Warning {
					wrong++
				}
			}
			if err := printProblems(a, problems); err != nil {
				return err
			}
			if wrong > 0 {
				return fmt.Errorf("%s cannot be used: %s", path, termtext.Plural(wrong, "error"))
			}
			a.Say("%s can be used", path)
			return nil
		},
	}
}

// fileProblems are what is wrong with a file, its key overrides and commands included.
func fileProblems(path string) []config.Problem {
	problems := config.Validate(path)
	if slices.ContainsFunc(problems, func(p config.Problem) bool { return !p.Warning }) {
		return problems
	}
	// What the environment adds may not go with the file, and is none of its faults.
	if cfg, _ := config.Load(config.Flags{ConfigPath: path}); cfg != nil {
		for _, p := range app.ConsoleProblems(cfg) {
			problems = append(problems, config.Problem{Message: p.Error(), Warning: true})
		}
	}
	return problems
}

// printProblems prints each problem on a line of its own, as editors know them.
func printProblems(a *app.App, problems []config.Problem) error {
	type problem struct {
		Kind    string `json:"kind"` // error or warning
		File    string `json:"file,omitempty"`
		Line    int    `json:"line,omitempty"`
		Key     string `json:"key,omitempty"`
		Message string `json:"message"`
	}
	l := output.NewLister[problem](a.Printer)
	for _, p := range problems {
		kind := "error"
		if p.Warning {
			kind = "warning"
		}
		var err error
		if a.Format == output.Table {
			_, err = fmt.Fprintf(a.Stdout, "%s: %s\n", kind, termtext.Clean(p.String()))
		} else {
			err = l.Add(problem{kind, p.Position.File, p.Position.Line, p.Key, p.Message})
		}
		if err != nil {
			return err
		}
	}
	return l.End()
}

func configEditCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "edit", Short: "Open the configuration file in $VISUAL or $EDITOR, and check it afterwards", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			path := configPath(a)
			if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
				return exit.Usage("there is no file %s: `knockops config init` writes one", path)
			}
			argv := append(editor(), path)
			edit := exec.CommandContext(cmd.Context(), argv[0], argv[1:]...)
			edit.Stdin, edit.Stdout, edit.Stderr = a.Stdin, a.Stdout, a.Stderr
			if err := edit.Run(); err != nil {
				return fmt.Errorf("the editor %s failed: %w; set EDITOR to another", argv[0], err)
			}
			validate := configValidateCmd(a)
			return validate.RunE(validate, nil)
		},
	}
}

// editor is the command of the operator's editor; it may hold flags, as in "code --wait".
func editor() []string {
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if words := strings.Fields(os.Getenv(name)); len(words) > 0 {
			return words
		}
	}
	if runtime.GOOS == "windows" {
		return []string{"notepad"}
	}
	return []string{"vi"}
}
