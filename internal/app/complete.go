package app

import (
	"context"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
)

const (
	completeFor   = time.Second // a shell waits no longer
	mostCompleted = 200
	longestWord   = 256
)

// Words is where the words of a completion come from: the profile's journal, and what Knock is asked where that has
// none that fits. Either may be nil.
type Words struct {
	Journal func(context.Context, *journal.Journal) ([]string, error)
	Knock   func(context.Context, *client.Client) ([]string, error)
}

// Complete completes with words that the current profile knows. It says nothing of what fails, asks nobody for a
// key, and changes nothing.
func (a *App) Complete(w Words) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		ctx, stop := context.WithTimeout(context.Background(), completeFor)
		defer stop()
		found := make(chan []string, 1)
		go func() { found <- a.find(ctx, w, typed) }() // what holds the journal may be another program, for longer
		select {
		case words := <-found:
			return words, cobra.ShellCompDirectiveNoFileComp
		case <-ctx.Done():
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
	}
}

func (a *App) find(ctx context.Context, w Words, typed string) []string {
	cfg, _ := config.Load(config.Flags{Profile: a.Flags.Profile, ConfigPath: a.Flags.Config, ReadOnly: true})
	if cfg == nil {
		return nil
	}
	p, err := cfg.Profile("")
	if err != nil {
		return nil
	}
	if words := fitting(inJournal(ctx, p, w), typed); len(words) > 0 || w.Knock == nil {
		return words
	}
	return fitting(a.atKnock(ctx, p, w), typed)
}

func inJournal(ctx context.Context, p config.Profile, w Words) []string {
	path := JournalPath(p.Name)
	if _, err := os.Stat(path); w.Journal == nil || err != nil {
		return nil // to look into a journal makes one
	}
	j, err := journal.Open(path)
	if err != nil {
		return nil
	}
	defer j.Close()
	words, _ := w.Journal(ctx, j) // what was found is worth as much
	return words
}

// atKnock asks with keys that are at hand: neither a keyring nor a program is asked for one.
func (a *App) atKnock(ctx context.Context, p config.Profile, w Words) []string {
	if !p.APIKey.AtHand() {
		return nil
	}
	if p.Environment == config.UnknownEnvironment && a.Flags.Environment != "" {
		p.Environment = a.Flags.Environment
	}
	if !p.ServiceToken.AtHand() {
		p.ServiceToken = config.KeySource{}
	}
	apiKey, token, err := p.Keys(ctx)
	if err != nil {
		return nil
	}
	conn, err := a.Dial(p, apiKey, token, nil)
	if err != nil {
		return nil
	}
	defer conn.Client.Close()
	words, _ := w.Knock(client.Once(ctx), conn.Client)
	return words
}

// fitting are the words that begin with what was typed, each once. What comes from outside is not all fit for a
// command line: what has control characters, or begins like an option, is left out.
func fitting(words []string, typed string) (out []string) {
	for _, word := range words {
		shown, _, _ := strings.Cut(word, "\t") // behind it is what cobra shows beside the word
		fits := shown != "" && len(shown) <= longestWord && strings.HasPrefix(shown, typed) && !strings.HasPrefix(shown, "-")
		if fits && !strings.ContainsFunc(shown, unicode.IsControl) && !slices.Contains(out, word) {
			out = append(out, word)
		}
		if len(out) == mostCompleted {
			break
		}
	}
	return out
}

// PageNames are the names of the pages that the console can be opened on.
func PageNames() (names []string) {
	for _, p := range Pages(&ops.Session{Requests: &ops.RequestLog{}}) {
		if !p.Hidden {
			names = append(names, p.Name)
		}
	}
	return names
}

// SavedViews completes the names of pages and of the current profile's saved views.
func (a *App) SavedViews(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	names := PageNames()
	if cfg, _ := config.Load(config.Flags{Profile: a.Flags.Profile, ConfigPath: a.Flags.Config}); cfg != nil {
		for _, v := range recall().Views[cfg.Current] {
			names = append(names, v.Name)
		}
	}
	return fitting(names, typed), cobra.ShellCompDirectiveNoFileComp
}
