package sweep

import (
	"reflect"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/ui"
)

// A list hands over whoever it shows: an id with a space or a comma stays one recipient.
func TestScopeOfARecipientWithASpace(t *testing.T) {
	for _, want := range [][]client.Ref{{{ID: "Dana, MD"}}, {{ID: "a b"}, {Collection: "c d", ID: "e,f"}}} {
		s, err := scopeOf(ui.Params{Workflow: "w", Recipient: client.JoinRefs(want)}, time.Now())
		if err != nil || !reflect.DeepEqual(s.Recipients, want) {
			t.Errorf("%v became %v: %v", want, s.Recipients, err)
		}
	}
}
