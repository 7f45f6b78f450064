package ops

import (
	"slices"

	"github.com/knockops/knockops/client"
)

// StepsAfter are the steps behind the one that a run has reached: all when it has reached none, none when the
// workflow has no such step any more.
func StepsAfter(steps []client.Step, reached string) []client.Step {
	if reached == "" {
		return steps
	}
	rest, _ := behind(steps, reached)
	return rest
}

func behind(steps []client.Step, ref string) (rest []client.Step, found bool) {
	for i, s := range steps {
		if s.Ref == ref {
			return steps[i+1:], true
		}
		for _, b := range s.Ways() {
			rest, found := behind(b.Steps, ref)
			switch {
			case found && b.Terminates:
				return rest, true
			case found:
				return slices.Concat(rest, steps[i+1:]), true
			}
		}
	}
	return nil, false
}
