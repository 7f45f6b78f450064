package ops

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/knockops/knockops/client"
)

func TestRequestLogKeepsTheLastOnes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l RequestLog
		n := rapid.IntRange(0, 3*RequestsKept).Draw(t, "n")
		for i := range n {
			l.Observe(client.Exchange{Path: fmt.Sprint("/", i+1)})
		}
		since := rapid.IntRange(0, n).Draw(t, "since")
		got, total := l.Since(since)
		if total != n || len(got) != min(n-since, RequestsKept) {
			t.Fatalf("%d of %d after %d", len(got), total, since)
		}
		if l.Oldest() != max(0, n-RequestsKept)+1 {
			t.Fatalf("the oldest of %d is number %d", n, l.Oldest())
		}
		for i, x := range got {
			if x.Number != n-i || x.Path != fmt.Sprint("/", n-i) {
				t.Fatalf("entry %d is number %d, %s", i, x.Number, x.Path)
			}
		}
	})
}
