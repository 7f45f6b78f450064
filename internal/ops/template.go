package ops

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/termtext"
)

// Template is a draft that was saved under a name, for the environment that it was saved in.
type Template struct {
	Name    string    `json:"name"`
	SavedAt time.Time `json:"saved_at"`
	// Elsewhere says that it was saved with another key or at another host than the profile has now.
	Elsewhere bool `json:"elsewhere,omitempty"`
	Draft
}

// mostTemplate bounds what is kept of one, in bytes.
const mostTemplate = 1 << 20

var templateName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// CheckTemplateName says what is wrong with a name, nil when nothing is.
func CheckTemplateName(name string) error {
	if !templateName.MatchString(name) {
		return errors.New("a template's name has letters, digits, dots and dashes, begins with a letter or a digit, and has at most 64 characters")
	}
	return nil
}

// SaveTemplate keeps a draft under a name, in the place of one that had it.
func (s *Session) SaveTemplate(ctx context.Context, name string, d Draft) error {
	if err := CheckTemplateName(name); err != nil {
		return err
	}
	if d.Workflow == "" {
		return errors.New("a template is of a workflow: name one")
	}
	body, err := json.Marshal(d)
	if err != nil {
		return err
	}
	if len(body) > mostTemplate {
		return fmt.Errorf("a template has at most %s bytes, and this one has %s", termtext.Count(mostTemplate), termtext.Count(len(body)))
	}
	return s.Journal.SaveTemplate(ctx, journal.Draft{Name: name, Binding: s.Client.Binding().String(), Body: body})
}

// Templates are all that were saved with this profile, by name.
func (s *Session) Templates(ctx context.Context) ([]Template, error) {
	kept, err := s.Journal.Templates(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]Template, len(kept))
	for i, k := range kept {
		all[i] = Template{Name: k.Name, SavedAt: k.SavedAt, Elsewhere: k.Binding != s.Client.Binding().String()}
		if err := json.Unmarshal(k.Body, &all[i].Draft); err != nil {
			return nil, fmt.Errorf("template %s cannot be read: %w", k.Name, err)
		}
	}
	return all, nil
}

// Template finds one by its name.
func (s *Session) Template(ctx context.Context, name string) (Template, error) {
	all, err := s.Templates(ctx)
	if err != nil {
		return Template{}, err
	}
	names := make([]string, len(all))
	for i, t := range all {
		if t.Name == name {
			return t, nil
		}
		names[i] = t.Name
	}
	if near := termtext.Nearest(name, names); near != "" {
		return Template{}, fmt.Errorf("there is no template %s; did you mean %s?", name, near)
	}
	return Template{}, fmt.Errorf("there is no template %s", name)
}

// Use is the draft, or why it must not be used here: it would go to another environment than it was written for.
func (t Template) Use() (Draft, error) {
	if t.Elsewhere {
		return Draft{}, runner.Refuse("template %s was saved with another key or at another host than this profile has now: it is used in no other environment. Look at it, and save it anew", t.Name)
	}
	return t.Draft, nil
}
