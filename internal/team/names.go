package team

import (
	"errors"
	"fmt"
	"strings"

	"github.com/knockops/knockops/config"
)

// ErrNoTeam says that a profile has no team.
var ErrNoTeam = errors.New("it has no team: write where its NATS servers are under `team` of the profile; docs/team.md says how")

// names are what an environment's things are called on the servers. Those of two environments never meet: what a slug
// may hold and a name may not is written out in a way that no other slug is.
type names struct {
	events  string // the stream of webhooks
	subject string // that they are published to
}

func namesOf(p config.Profile) (names, error) {
	switch {
	case p.Team.IsZero():
		return names{}, fmt.Errorf("profile %s: %w", p.Name, ErrNoTeam)
	case !p.KnowsEnvironment():
		return names{}, fmt.Errorf("profile %s does not name its environment, and a team's streams belong to one: give the profile an `environment`", p.Name)
	}
	parts := []string{"knockops"}
	if p.Account != "" {
		parts = append(parts, name(p.Account))
	}
	parts = append(parts, name(p.Environment))
	return names{
		events:  strings.Join(append(parts, "events"), "__"),
		subject: strings.Join(append(parts, "events"), "."),
	}, nil
}

// name writes a slug with letters, digits and hyphens alone; _ and two hexadecimal digits stand for everything else, so
// that two _ in a row part names.
func name(slug string) string {
	var b strings.Builder
	for _, c := range []byte(slug) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "_%02X", c)
		}
	}
	return b.String()
}
