package cli

import (
	"errors"
	"io"
	"os"
	"runtime"

	"github.com/cli/browser"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/spf13/cobra"
)

var errNoBrowser = errors.New("no browser available")

// browse opens an address in the operator's browser. It is an errNoBrowser where
// one would open on another screen than this, or on none.
func browse(url string) error {
	remote := os.Getenv("SSH_CONNECTION") != ""
	screen := runtime.GOOS != "linux" || os.Getenv("DISPLAY")+os.Getenv("WAYLAND_DISPLAY") != ""
	if remote || !screen {
		return errNoBrowser
	}
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
	return browser.OpenURL(url)
}

func (a *app) workflowOpenCmd() *cobra.Command {
	return &cobra.Command{
		Use: "open KEY", Short: "Open a workflow in Knock's dashboard", Args: cobra.ExactArgs(1),
		Long: "Open a workflow in Knock's dashboard, and print its address. Where there is no browser, as behind ssh, it is only\n" +
			"printed. The address holds the account's slug, which comes from the profile or, with a service token, from Knock.",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, _, err := a.session(cmd.Context())
			if err != nil {
				return err
			}
			url, err := s.DashboardURL(cmd.Context(), args[0])
			if refusal := (*runner.Refusal)(nil); errors.As(err, &refusal) {
				return usage("%w", err)
			}
			if err != nil {
				return err
			}
			if err := browse(url); err != nil && !errors.Is(err, errNoBrowser) {
				a.Say("the browser did not open: %v", err)
			}
			return a.Item(map[string]string{"url": url}, fact{"url", url})
		},
	}
}
