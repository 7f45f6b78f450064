package cli

import (
	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/termtext"
)

func (a *app) archiveCmd() *cobra.Command {
	var agreed agreement
	cmd := &cobra.Command{
		Use: "archive ID …", Short: "Take in-app messages out of their recipients' feeds", Args: cobra.MinimumNArgs(1),
		Long: "Archived messages disappear from their recipients' feeds. What went out by email, SMS or push stays where it is.",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, p, err := a.session(cmd.Context())
			if err != nil {
				return err
			}
			if _, err := s.Client.ArchiveMessagesRequest(args); err != nil {
				return err
			}
			if err := a.Allow(cmd.Context(), s, p, &agreed, s.ArchivePrompt(len(args))); err != nil {
				return err
			}
			archived, err := s.Archive(args, agreed.reason).Wait(cmd.Context())
			if err != nil {
				return err
			}
			l := newLister(a.Printer, messageColumns...)
			for _, m := range archived {
				if err := l.add(m); err != nil {
					return err
				}
			}
			if err := l.end(); err != nil {
				return err
			}
			if missing := len(args) - len(archived); missing > 0 {
				return part("archived %d of %s; Knock did not find the others", len(archived), termtext.Plural(len(args), "message"))
			}
			a.Say("archived %s", termtext.Plural(len(archived), "message"))
			return nil
		},
	}
	consentFlags(cmd, &agreed)
	reasonFlag(cmd, &agreed)
	return cmd
}
