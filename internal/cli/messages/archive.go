package messages

import (
	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/cli/prompt"
	"github.com/knockops/knockops/internal/termtext"
)

func archiveCmd(a *app.App) *cobra.Command {
	var agreed prompt.Agreement
	cmd := &cobra.Command{
		Use: "archive ID …", Short: "Take in-app messages out of their recipients' feeds", Args: cobra.MinimumNArgs(1),
		Long: "Archived messages disappear from their recipients' feeds. What went out by email, SMS or push stays where it is.",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, p, err := a.Session(cmd.Context())
			if err != nil {
				return err
			}
			if _, err := s.Client.ArchiveMessagesRequest(args); err != nil {
				return err
			}
			if err := a.Allow(cmd.Context(), s, p, &agreed, s.ArchivePrompt(len(args))); err != nil {
				return err
			}
			archived, err := s.Archive(args, agreed.Reason).Wait(cmd.Context())
			if err != nil {
				return err
			}
			if err := output.NewLister(a.Printer, output.MessageColumns...).Rows(archived); err != nil {
				return err
			}
			if missing := len(args) - len(archived); missing > 0 {
				return exit.Part("archived %d of %s; Knock did not find the others", len(archived), termtext.Plural(len(args), "message"))
			}
			a.Say("archived %s", termtext.Plural(len(archived), "message"))
			return nil
		},
	}
	prompt.Flags(cmd, &agreed)
	prompt.Reason(cmd, &agreed)
	return cmd
}
