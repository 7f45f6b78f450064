package termtext

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNearest(t *testing.T) {
	names := []string{"production", "staging", "development", "dev"}
	for s, want := range map[string]string{"prod": "", "prodcution": "production", "STAGING": "staging", "devv": "dev", "x": "", "": "", strings.Repeat("staging", 1000): ""} {
		if got := Nearest(s, names); got != want {
			t.Errorf("Nearest(%.20q) = %q, want %q", s, got, want)
		}
	}
}

func TestNearestFirstKeepsAll(t *testing.T) {
	if got := NearestFirst("stagging", []string{"production", "dev", "staging"}); !slices.Equal(got, []string{"staging", "dev", "production"}) {
		t.Errorf("the names by their likeness are %v", got)
	}
	if got := DidYouMean("web-hook", []string{"dev", "web_hooks"}); got != "; did you mean web_hooks?" {
		t.Errorf("of a name with a hyphen it says %q", got)
	}
}

func TestDistanceIsOne(t *testing.T) {
	word := rapid.StringMatching(`[a-z_]{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := word.Draw(t, "a"), word.Draw(t, "b"), word.Draw(t, "c")
		if (distance(a, b) == 0) != (a == b) || distance(a, b) != distance(b, a) || distance(a, b) > max(len(a), len(b)) {
			t.Fatalf("%q %q: %d and %d", a, b, distance(a, b), distance(b, a))
		}
		if insert := distance(a, a+"x"+c); insert != len(c)+1 {
			t.Fatalf("%q from %q: %d", a+"x"+c, a, insert)
		}
	})
}
