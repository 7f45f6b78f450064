package pager

import (
	"strconv"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func numbered(n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = strconv.Itoa(i)
	}
	return lines
}

func TestScrollsWithinItsLines(t *testing.T) {
	var p Pager
	p.SetSize(10, 3)
	p.SetLines(numbered(8))
	for _, step := range []struct {
		key  rune
		want string
		more int
	}{
		{tea.KeyUp, "0\n1\n2", 5},
		{tea.KeyDown, "1\n2\n3", 4},
		{tea.KeyPgDown, "4\n5\n6", 1},
		{tea.KeyPgDown, "5\n6\n7", 0},
		{tea.KeyHome, "0\n1\n2", 5},
		{tea.KeyEnd, "5\n6\n7", 0},
	} {
		p.Update(tea.KeyPressMsg{Code: step.key})
		if got := p.View(); got != step.want || p.More() != step.more {
			t.Fatalf("after %c: %q with %d more, want %q with %d", step.key, got, p.More(), step.want, step.more)
		}
	}
	p.SetLines(numbered(4))
	if got := p.View(); got != "1\n2\n3" {
		t.Errorf("with fewer lines: %q", got)
	}
	p.SetSize(10, 9)
	if got := p.View(); got != "0\n1\n2\n3" {
		t.Errorf("in a larger window: %q", got)
	}
}

func TestShowScrollsNoFurtherThanItMust(t *testing.T) {
	var p Pager
	p.SetSize(10, 3)
	p.SetLines(numbered(8))
	for _, step := range []struct {
		line int
		want string
	}{{2, "0\n1\n2"}, {5, "3\n4\n5"}, {4, "3\n4\n5"}, {1, "1\n2\n3"}} {
		p.Show(step.line)
		if got := p.View(); got != step.want {
			t.Errorf("line %d: %q, want %q", step.line, got, step.want)
		}
	}
}
