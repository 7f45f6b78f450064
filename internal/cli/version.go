package cli

import (
	"runtime"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/output"
)

func versionCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := struct {
				Version string `json:"version"`
				Go      string `json:"go"`
				OS      string `json:"os"`
				Arch    string `json:"arch"`
			}{app.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH}
			return a.Item(v, output.Fact{"knockops", v.Version}, output.Fact{"go", v.Go}, output.Fact{"os", v.OS + "/" + v.Arch})
		},
	}
}
