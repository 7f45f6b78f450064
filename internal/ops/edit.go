package ops

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/termtext"
)

// Edit changes what Knock keeps of a recipient, an object or a tenant, and returns what it keeps by then.
func (s *Session) Edit(e client.Edit, reason string) *runner.Change[json.RawMessage] {
	return runner.Start(&s.Runner, e.What(), func(ctx context.Context) (kept json.RawMessage, err error) {
		r, err := s.Client.EditRequest(e)
		if err != nil {
			return nil, err
		}
		a := journal.Action{Kind: journal.Set, Recipients: []string{e.Of}, Reason: reason}
		if e.Unsets {
			a.Kind = journal.Unset
		}
		err = s.Do(ctx, a, r, func(ctx context.Context, _ int64) (journal.Outcome, error) {
			kept, err = s.Client.Edit(ctx, e)
			return journal.Outcome{}, err
		})
		return kept, err
	})
}

// EditPrompt asks before a change. spelledOut says that it was written out, as on a command line.
func (s *Session) EditPrompt(e client.Edit, spelledOut bool) consent.Prompt {
	f := s.Facts()
	f.Subject, f.Count, f.SpelledOut = e.Of, 1, spelledOut
	p := consent.Prompt{
		Question: consent.For(consent.SetData, f), Title: capital(e.What()) + " in " + s.Where(),
		Lines: []string{"What is not given stays as it is."}, Yes: "Set it", No: "No, send nothing",
	}
	if e.Replaces {
		p.Lines = []string{"It takes the place of all that is there: what is not given goes."}
	}
	if e.Unsets {
		p.Question, p.Yes, p.No = consent.For(consent.UnsetData, f), "Take it away", "No, keep it"
		p.Lines = []string{"Knock keeps no copy: it can only be set anew."}
	}
	return p
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// findKept is the command that tells what Knock keeps of what a change was about, by the path it went to.
func findKept(a Action) string {
	if len(a.Recipients) == 0 {
		return ""
	}
	of := termtext.ShellWord(a.Recipients[0])
	_, channel, isChannel := strings.Cut(a.Path, "/channel_data/")
	switch {
	case isChannel:
		if id, err := url.PathUnescape(channel); err == nil {
			channel = id
		}
		return "channel-data get " + of + " " + termtext.ShellWord(channel)
	case strings.Contains(a.Path, "/preferences/"):
		return "preferences list " + of
	case strings.HasSuffix(a.Path, "/subscriptions"):
		return "subscriptions subscribers " + of
	case strings.HasPrefix(a.Path, "/v1/tenants/"):
		return "tenants get " + of
	}
	return "objects get " + of
}
