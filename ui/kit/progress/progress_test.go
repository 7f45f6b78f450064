package progress

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/x/ansi"
)

func TestView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New("confirmed", 18361)
		p.SetSize(80, 1)
		p.SetNote("unconfirmed 0")
		shows := func(want string) {
			t.Helper()
			if got := ansi.Strip(p.View()); got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		}
		shows("confirmed  ···························       0/18,361   unconfirmed 0")
		time.Sleep(10 * time.Second)
		p.Set(9190)
		shows("confirmed  █████████████▌·············   9,190/18,361   unconfirmed 0   eta 9s")
		p.Set(18360)
		if got := ansi.Strip(p.View()); got[len("confirmed  "):][:len("█")] != "█" || p.Done() {
			t.Errorf("not done: %q", got)
		}
		time.Sleep(5 * time.Second)
		p.Set(18361)
		time.Sleep(time.Hour)
		shows("confirmed  ███████████████████████████  18,361/18,361   unconfirmed 0   15s")
		p.SetSize(30, 1)
		shows("confirmed  18,361/18,361   unc")
	})
}

func TestUnknownTotal(t *testing.T) {
	p := New("reading", 0)
	p.SetSize(40, 1)
	p.Set(250)
	if got := p.View(); got != "reading  250" || p.Done() {
		t.Errorf("got %q", got)
	}
}
