package app

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/journal"
)

// JournalProfile is the current profile, for what needs its journal and no key of Knock's: webhooks are taken, and what
// was done is read again, where nothing is set up as well.
func (a *App) JournalProfile() (config.Profile, error) {
	cfg, err := a.LoadConfig()
	switch {
	case errors.Is(err, config.ErrNotConfigured):
		return config.Profile{
			Name: "default", Environment: config.UnknownEnvironment, Implicit: true,
			Webhook: config.DefaultWebhook,
		}, nil
	case err != nil:
		return config.Profile{}, err
	}
	p, err := cfg.Profile("")
	if err != nil {
		return p, notUsable(err)
	}
	return p, nil
}

// OpenJournal opens a profile's journal until the program ends.
func (a *App) OpenJournal(profile string) (*journal.Journal, error) {
	j, err := journal.Open(JournalPath(profile))
	if err != nil {
		return nil, err
	}
	a.closers = append(a.closers, func() {
		if err := j.Close(); err != nil {
			a.Say("the journal was not closed: %v", err)
		}
	})
	return j, nil
}

// JournalPath is the file of a profile's journal. A profile's name may hold anything.
func JournalPath(profile string) string {
	_, state := config.Paths()
	return filepath.Join(state, "journal", url.PathEscape(profile)+".db")
}

// CurrentJournal opens the journal of the current profile alone: what was done can
// be read without a key.
func (a *App) CurrentJournal() (*journal.Journal, error) {
	p, err := a.JournalProfile()
	if err != nil {
		return nil, err
	}
	return a.OpenJournal(p.Name)
}

// Absent says that an id is not in the profile's journal, and what lists those that are.
func (a *App) Absent(err error, what string, id int64, list string) error {
	for _, none := range []error{journal.ErrNoAction, journal.ErrNoEvent, journal.ErrNoSweep, journal.ErrNoFlowRun} {
		if errors.Is(err, none) {
			p, _ := a.JournalProfile() // it was read before
			return fmt.Errorf("there is no %s %d in the journal of profile %s; `%s` lists what is there", what, id, p.Name, a.Suggest(list))
		}
	}
	return err
}
