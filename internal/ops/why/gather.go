package why

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/wait"
)

// gatherer reads what a question needs, and no more than MaxRequests allow.
type gatherer struct {
	facts
	session  *ops.Session
	progress func(Progress)
	asked    int
	down     error // nothing answers
}

var errBudget = errors.New("not asked for: one question costs 12 requests at most")

// tries is how often a read is made at most that is answered with 429 or 5xx.
const tries = 3

// read makes one request, again where Knock is busy, and notes what it was. Each that is sent counts.
func read[T any](ctx context.Context, g *gatherer, what string, get func(context.Context) (T, error)) (v T, err error) {
	for try := 1; ; try++ {
		switch {
		case g.down != nil:
			return v, g.down
		case g.asked == MaxRequests:
			g.unread = append(g.unread, what)
			g.looked = append(g.looked, what+": "+errBudget.Error())
			return v, errBudget
		}
		g.asked++
		if g.progress != nil {
			g.progress(Progress{g.asked, what})
		}
		v, err = get(client.Once(ctx))
		var e *client.Error
		busy := errors.As(err, &e) && (e.Status == http.StatusTooManyRequests || e.Status >= 500)
		if !busy || try == tries {
			break
		}
		if err := wait.Sleep(ctx, max(e.RetryAfter, time.Second)); err != nil {
			return v, err
		}
	}
	switch {
	case err == nil:
		g.looked = append(g.looked, what)
	case notFound(err):
		g.looked = append(g.looked, what+": unknown to Knock")
	default:
		g.unread = append(g.unread, what)
		g.looked = append(g.looked, what+": "+err.Error())
		var e *client.Error
		if errors.As(err, &e) && e.Status == 0 {
			g.down = err
		}
	}
	return v, err
}

func notFound(err error) bool {
	var e *client.Error
	return errors.As(err, &e) && e.Status == http.StatusNotFound
}

// gather reads what the question is about, then what it needs to be answered.
func (g *gatherer) gather(ctx context.Context) error {
	if g.ID+g.Message+g.Run+g.Trigger == "" && g.Recipient.IsZero() {
		return errors.New("a recipient, or the id of a message, run or trigger must be named")
	}
	if err := g.subject(ctx); err != nil {
		return err
	}
	pinned := g.Message+g.Run+g.Trigger != ""
	if err := g.fromJournal(ctx, pinned); err != nil {
		return err
	}
	if g.run == nil && !pinned {
		g.findRun(ctx)
	}
	if g.run == nil {
		g.findHooks(ctx)
	}
	if g.run == nil && len(g.mails) == 0 {
		g.nothingRan(ctx)
	} else {
		g.ofRun(ctx)
	}
	if g.down != nil && g.run == nil && len(g.mails) == 0 {
		return g.down
	}
	return ctx.Err()
}

// subject finds out what an id is of, and the run that it leads to.
func (g *gatherer) subject(ctx context.Context) error {
	if g.ID != "" {
		_, err := uuid.Parse(g.ID)
		switch {
		case len(g.ID) == 27 && client.CheckID("message id", g.ID) == nil && g.readMessage(ctx, g.ID):
			g.Message = g.ID
		case err == nil && g.readRun(ctx, g.ID):
			g.Run = g.ID
		case err == nil && g.readTrigger(ctx, g.ID):
			g.Trigger = g.ID
		case g.knownByHooks(ctx, g.ID):
		default:
			if g.Recipient, err = client.ParseRef(g.ID); err != nil {
				return err
			}
		}
		return nil
	}
	what, found := "", true
	switch {
	case g.Message != "":
		what, found = "message", g.readMessage(ctx, g.Message)
	case g.Run != "":
		what, found = "run", g.readRun(ctx, g.Run)
	case g.Trigger != "":
		what, found = "trigger", g.readTrigger(ctx, g.Trigger)
	}
	if !found && len(g.unread) == 0 { // what could not be read may be there
		g.missing = what
	}
	return nil
}

func (g *gatherer) readMessage(ctx context.Context, id string) bool {
	m, err := read(ctx, g, "message "+id, func(ctx context.Context) (client.Message, error) { return g.session.Client.GetMessage(ctx, id) })
	if err != nil {
		return false
	}
	g.mails = []*mail{{Message: m}}
	g.Recipient, g.Workflow = m.Recipient, m.Source.Key
	if id := m.Source.WorkflowRecipientRunID; id != "" {
		g.readRun(ctx, id)
	}
	return true
}

func (g *gatherer) readRun(ctx context.Context, id string) bool {
	r, err := read(ctx, g, "run "+id, func(ctx context.Context) (client.Run, error) { return g.session.Client.GetRun(ctx, id) })
	if err != nil {
		return false
	}
	g.run, g.Recipient, g.Workflow = &r, r.Recipient, r.Workflow
	return true
}

// readTrigger finds the recipient's run of a trigger, or its first one: by a message that it made, or among the
// recipient's runs of that time.
func (g *gatherer) readTrigger(ctx context.Context, id string) bool {
	page, err := read(ctx, g, "messages of trigger "+id, func(ctx context.Context) (client.Page[client.Message], error) {
		return g.session.Client.ListMessages(ctx, client.MessageFilter{WorkflowRunID: id}, client.Cursor{})
	})
	if err == nil {
		for _, m := range page.Items {
			if g.Recipient.IsZero() || m.Recipient == g.Recipient {
				return g.readRun(ctx, m.Source.WorkflowRecipientRunID)
			}
		}
	}
	filter := client.RunFilter{Workflow: g.Workflow}
	to := g.Recipient
	if a, ok, err := g.session.Journal.TriggerOf(ctx, id); err == nil && ok {
		filter.Workflow = a.Workflow
		filter.StartingAt, filter.EndingAt = a.At.Add(a.Skew-time.Minute), a.At.Add(a.Skew+time.Minute)
		if to.IsZero() && len(a.Recipients) > 0 {
			to, _ = client.ParseRef(a.Recipients[0]) // it was sent; an unreadable one narrows nothing
		}
	}
	if to.IsZero() && filter.StartingAt.IsZero() {
		return false
	}
	if !to.IsZero() {
		filter.Recipient = &to
	}
	for at, pages := (client.Cursor{}), 0; pages < 4; pages++ {
		page, err := g.listRuns(ctx, fmt.Sprintf("runs of trigger %s, page %d", id, pages+1), filter, at)
		if err != nil {
			return false
		}
		for _, r := range page.Items {
			if r.WorkflowRunID == id {
				return g.readRun(ctx, r.ID)
			}
		}
		if at.After = page.After; at.After == "" {
			break
		}
	}
	return false
}

func (g *gatherer) listRuns(ctx context.Context, what string, f client.RunFilter, at client.Cursor) (client.Page[client.Run], error) {
	return read(ctx, g, what, func(ctx context.Context) (client.Page[client.Run], error) {
		return g.session.Client.ListRuns(ctx, f, at)
	})
}

// findRun takes the recipient's latest run that the question fits. Where none is of the tenant asked about, it is the
// latest of any tenant.
func (g *gatherer) findRun(ctx context.Context) {
	f := client.RunFilter{Workflow: g.Workflow, Recipient: &g.Recipient, Tenant: g.Tenant, StartingAt: g.Since}
	page, err := g.listRuns(ctx, "runs of "+g.Recipient.String(), f, client.Cursor{})
	if err == nil && len(page.Items) == 0 && g.Tenant != "" {
		f.Tenant = ""
		page, err = g.listRuns(ctx, "runs of "+g.Recipient.String()+" under any tenant", f, client.Cursor{})
	}
	if err != nil {
		return
	}
	g.runs, g.listed = page.Items, page.After == ""
	if len(g.runs) == 0 || g.refusedSince(g.runs[0].InsertedAt) != nil {
		return
	}
	if !g.readRun(ctx, g.runs[0].ID) {
		g.run = &g.runs[0] // the list tells less, but it tells
		g.Workflow = g.run.Workflow
	}
}

// ofRun reads what the run made, and what explains what it did not make.
func (g *gatherer) ofRun(ctx context.Context) {
	c := g.session.Client
	if g.run != nil && len(g.hooks) == 0 {
		of := g.run.ID
		if e, _, ok := ops.Signed(g.run.Events, ops.ByBatch); ok {
			if to, _ := e.Data["to"].(string); to != "" {
				of, g.carrier = to, to
			}
		}
		page, err := read(ctx, g, "messages of run "+of, func(ctx context.Context) (client.Page[client.Message], error) {
			return c.ListMessages(ctx, client.MessageFilter{WorkflowRecipientRunID: of}, client.Cursor{})
		})
		if err == nil {
			g.mails = nil
			for _, m := range page.Items {
				g.mails = append([]*mail{{Message: m}}, g.mails...) // the oldest first
			}
		}
	}
	if c.Unmanaged() == nil && g.Workflow != "" {
		g.readWorkflow(ctx)
	}
	for _, m := range slices.SortedStableFunc(slices.Values(g.mails), troubleFirst) {
		g.readDelivery(ctx, m)
	}
	for _, ch := range g.channels() {
		if g.ended() && ch.mail == nil && g.telling(ch) == "" && !g.cutShort() {
			g.readRecipient(ctx)
			break
		}
	}
}

// telling is what a channel's own events exactly say of why it made nothing.
func (f *facts) telling(c *channel) string {
	for _, e := range c.events {
		if sign, exact := ops.SignOf(e); exact {
			return string(sign)
		}
	}
	return ""
}

func (g *gatherer) readWorkflow(ctx context.Context) {
	w, err := read(ctx, g, "workflow "+g.Workflow, func(ctx context.Context) (client.Workflow, error) {
		return g.session.Client.GetWorkflow(ctx, g.Workflow)
	})
	switch {
	case err == nil:
		g.workflow = &w
	case notFound(err):
		g.noWorkflow = true
	}
}

// readDelivery reads how a message was delivered.
func (g *gatherer) readDelivery(ctx context.Context, m *mail) {
	if m.hook != nil {
		return
	}
	events, err := read(ctx, g, "events of message "+m.ID, func(ctx context.Context) (client.Page[client.MessageEvent], error) {
		return g.session.Client.MessageEvents(ctx, m.ID, client.Cursor{})
	})
	if err == nil {
		m.events = events.Items
		slices.Reverse(m.events) // which come newest first, those of one instant too
		slices.SortStableFunc(m.events, func(a, b client.MessageEvent) int { return a.InsertedAt.Compare(b.InsertedAt) })
	}
	if m.Status == client.MessageUndelivered || m.Status == client.MessageDeliveryAttempted || m.Status == client.MessageBounced {
		logs, err := read(ctx, g, "delivery logs of message "+m.ID, func(ctx context.Context) (client.Page[client.DeliveryLog], error) {
			return g.session.Client.MessageDeliveryLogs(ctx, m.ID, client.Cursor{})
		})
		if err == nil {
			m.logs = logs.Items
		}
	}
}

// readRecipient reads what the recipient wants and where it can be reached, as that is now.
func (g *gatherer) readRecipient(ctx context.Context) {
	c, id := g.session.Client, g.Recipient.String()
	sets, err := read(ctx, g, "preferences of "+id, func(ctx context.Context) ([]client.PreferenceSet, error) { return c.Preferences(ctx, g.Recipient) })
	if err == nil {
		g.sets = sets
	}
	g.readUser(ctx)
	g.readTokens(ctx)
}

// readTokens reads whether Knock has channel data for each push and chat channel that made nothing.
func (g *gatherer) readTokens(ctx context.Context) {
	c := g.session.Client
	var channels []client.Channel
	for _, ch := range g.channels() {
		_, known := g.tokens[ch.key]
		if known || ch.mail != nil || ch.kind != "push" && ch.kind != "chat" || c.Unmanaged() != nil {
			continue
		}
		if g.tokens == nil {
			var err error
			if channels, err = read(ctx, g, "channels", c.Channels); err != nil {
				return
			}
			g.tokens = map[string]bool{}
		}
		for _, known := range channels {
			if known.Key != ch.key {
				continue
			}
			_, err := read(ctx, g, "channel data of "+g.Recipient.String()+" for "+ch.key, func(ctx context.Context) (client.ChannelData, error) {
				return c.ChannelData(ctx, g.Recipient, known.ID)
			})
			if err == nil || notFound(err) { // what could not be read is not known
				g.tokens[ch.key] = err == nil
			}
		}
	}
}

func (g *gatherer) readUser(ctx context.Context) {
	if g.Recipient.Collection != "" {
		_, err := read(ctx, g, "object "+g.Recipient.String(), func(ctx context.Context) (client.Object, error) {
			return g.session.Client.GetObject(ctx, g.Recipient.Collection, g.Recipient.ID)
		})
		if notFound(err) {
			g.missing = "object"
		}
		return
	}
	u, err := read(ctx, g, "user "+g.Recipient.ID, func(ctx context.Context) (client.User, error) { return g.session.Client.GetUser(ctx, g.Recipient.ID) })
	switch {
	case err == nil:
		g.user = &u
	case notFound(err):
		g.missing = "user"
	}
}
