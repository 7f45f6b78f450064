package ui

import (
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
)

func TestTheTerminalSaysWhatGoesOn(t *testing.T) {
	a := &App{status: Status{Profile: "prod\x1b[2J"}}
	at := func(title string, state tea.ProgressBarState) {
		t.Helper()
		bar := a.progressBar()
		if got := a.windowTitle(); got != title || (bar == nil) != (state == tea.ProgressBarNone) || bar != nil && bar.State != state {
			t.Errorf("%q, %+v", got, bar)
		}
	}
	at("knockops · prod␛[2J", tea.ProgressBarNone)
	a.status = Status{Profile: "prod", Task: "sweep", TaskPercent: 63}
	at("knockops · prod · sweep 63 %", tea.ProgressBarDefault)
	a.status.TaskPercent = -1
	at("knockops · prod · sweep", tea.ProgressBarIndeterminate)
	a.dialogs = []shown{{}}
	at("knockops · prod · waiting for you", tea.ProgressBarWarning)
}

func TestOnlyALongTaskRings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w taskWatch
		for _, step := range []struct {
			task string
			then time.Duration
			bell bool
		}{{"", time.Hour, false}, {"sweep", time.Second, false}, {"", time.Second, false}, {"sweep", 20 * time.Second, false}, {"sweep", 20 * time.Second, false}, {"", 0, true}, {"", 0, false}} {
			if bell := w.ended(step.task) != nil; bell != step.bell {
				t.Errorf("%q: bell %t", step.task, bell)
			}
			time.Sleep(step.then)
		}
	})
}
