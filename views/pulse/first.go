package pulse

import (
	"fmt"
	"maps"
	"slices"

	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/nav"
)

// firstSteps are three things to try where nothing was seen or done yet.
func (v *view) firstSteps() []item {
	if v.counts.Total > 0 || len(v.recent) > 0 || len(v.cutOff) > 0 || v.recentErr != nil {
		return nil
	}
	return []item{
		note(""), {text: "Three things to try", ink: theme.Plain},
		{id: "try/compose", text: "Send a trigger and follow it", ink: theme.Accent, open: nav.Compose("", "")},
		{id: "try/identify", text: "Identify a user", ink: theme.Accent, open: nav.Identify("")},
		{id: "try/sweep", text: "Plan a sweep: it only reads", ink: theme.Accent, open: nav.Sweep(nav.RunsOf{}, false)},
	}
}

// failures are the kinds of channel in which something was not delivered, each with its share.
func (v *view) failures() []item {
	var items []item
	for _, kind := range slices.Sorted(maps.Keys(v.channels)) {
		if c := v.channels[kind]; c.failed > 0 {
			items = append(items, item{
				id: "events/channel/" + kind, ink: theme.Danger, text: "  by " + kind, open: nav.Events(events.FailedWord),
				tail: fmt.Sprintf("%s of %s %s %.0f %%", termtext.Count(c.failed), termtext.Count(c.decided), v.env.Theme.Glyphs.Dot, 100*float64(c.failed)/float64(c.decided)),
			})
		}
	}
	return items
}
