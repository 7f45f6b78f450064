package ops

import (
	"strings"
	"testing"

	"github.com/knockops/knockops/client"
)

// The question before a change says whether what is not given stays.
func TestWhatAChangeLeavesIsSaid(t *testing.T) {
	dana := client.Ref{ID: "dana"}
	for want, e := range map[string]client.Edit{
		"stays as it is":          client.SetPreferences(dana, "default", nil),
		"what is not given goes":  client.SetChannelData(dana, "c", nil),
		"it can only be set anew": client.UnsetChannelData(dana, "c"),
	} {
		if said := strings.Join((&Session{}).EditPrompt(e, true).Lines, " "); !strings.Contains(said, want) {
			t.Errorf("%s: %q does not say %q", e.What(), said, want)
		}
	}
}
