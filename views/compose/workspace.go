package compose

import (
	"slices"
	"strings"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
)

// workspace is what is kept between two visits of the page: drafts that were not
// sent, what Knock said of its workflows, the trigger that was sent last.
type workspace struct {
	drafts    []*draft // the last one is on top
	catalogue catalogue
	live      *live

	kept []ops.KeptDraft // of the time before, until the page is opened
}

func (d *workspace) top() *draft { return d.drafts[len(d.drafts)-1] }

// put lays a draft on top, and throws away those in which nothing was typed.
func (d *workspace) put(x *draft) {
	d.drafts = slices.DeleteFunc(d.drafts, func(o *draft) bool { return o == x || !o.dirty() && o.attempt == nil })
	d.drafts = append(d.drafts, x)
}

// open lays the right draft on top for the params that the page is opened with,
// and reports whether another one, not sent yet, is beneath it.
func (d *workspace) open(t *theme.Theme, p ui.Params) (kept bool) {
	d.restore(t)
	workflow, to := p[Workflow], splitRefs(p[To])
	if workflow == "" && len(to) == 0 {
		if len(d.drafts) == 0 {
			d.put(newDraft(t, &d.catalogue, ops.Draft{}))
		}
		return false
	}
	d.put(newDraft(t, &d.catalogue, ops.Draft{Workflow: workflow, Recipients: strings.Join(to, "\n")}))
	return len(d.drafts) > 1
}

// rotate brings the draft at the bottom to the top.
func (d *workspace) rotate() {
	d.drafts = append(d.drafts[1:len(d.drafts):len(d.drafts)], d.drafts[0])
}
