package requestpane

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/ui/theme"
)

func view(p *Pane, width, height int) string {
	return ansi.Strip(p.View(theme.Default(), width, height))
}

func TestHeadIsWhatIsSent(t *testing.T) {
	r := client.Request{Method: "POST", URL: "https://api.knock.app/v1/workflows/welcome/trigger?a=b", Header: http.Header{"Idempotency-Key": {"k-1"}, "Authorization": {"Bearer sk_test"}}}
	var said []string
	for _, l := range Head(r) {
		said = append(said, l.Text)
	}
	if got := strings.Join(said, "\n"); got != "POST /v1/workflows/welcome/trigger?a=b\nIdempotency-Key: k-1" {
		t.Errorf("the head reads %q", got)
	}
}

func TestAPaneWrapsScrollsAndCountsWhatIsBelow(t *testing.T) {
	var p Pane
	var lines []Line
	for i := range 20 {
		lines = append(lines, Line{fmt.Sprint("line ", i), theme.Plain})
	}
	p.Set(lines)
	if got := view(&p, 40, 5); !strings.HasPrefix(got, "line 0\nline 1\n") || !strings.HasSuffix(got, "16 lines more") {
		t.Errorf("from the top it reads %q", got)
	}
	p.Scroll(1000)
	if got := view(&p, 40, 5); !strings.HasSuffix(got, "line 19") || strings.Contains(got, "more") {
		t.Errorf("at the end it reads %q", got)
	}
	p.Scroll(-1000)
	p.Set(Lines(theme.Muted, `  "key": "`+strings.Repeat("w", 50)+`"`))
	for line := range strings.SplitSeq(view(&p, 30, 10), "\n") {
		if ansi.StringWidth(line) > 30 || !strings.HasPrefix(line, "  ") {
			t.Errorf("%q is not wrapped into 30 cells, further in than it began", line)
		}
	}
}

func TestBesideKeepsBothInTheirPlace(t *testing.T) {
	th := theme.Default()
	got := strings.Split(ansi.Strip(Beside(th, "left\nlonger than its place", "right", 8, 3)), "\n")
	if len(got) != 3 || got[0] != "left     "+th.Glyphs.Bar+" right" || !strings.HasPrefix(got[1], "longer t") && !strings.HasPrefix(got[1], "longer") {
		t.Errorf("%q", got)
	}
	for _, line := range got {
		if at := strings.Index(line, th.Glyphs.Bar); ansi.StringWidth(line[:max(0, at)]) != 9 {
			t.Errorf("the rule of %q is not where it is in the others", line)
		}
	}
}
