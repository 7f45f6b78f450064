package why

import (
	"context"
	"fmt"
	"net/http"

	"github.com/knockops/knockops/client"
)

// nothingRan reads why there may be no run: the recipient, the workflow, what sources received, other environments.
func (g *gatherer) nothingRan(ctx context.Context) {
	c := g.session.Client
	if g.missing == "" && !g.Recipient.IsZero() {
		g.readUser(ctx)
	}
	if c.Unmanaged() == nil {
		if g.Workflow != "" {
			g.readWorkflow(ctx)
		}
		if g.missing == "" {
			g.readSources(ctx)
		}
	}
	if g.missing == "" || g.session.Elsewhere == nil {
		return
	}
	for _, other := range g.session.Elsewhere() {
		defer other.Client.Close()
		_, err := read(ctx, g, g.missing+" in profile "+other.Profile, func(ctx context.Context) (none struct{}, err error) {
			switch g.missing {
			case "user":
				_, err = other.Client.GetUser(ctx, g.Recipient.ID)
			case "object":
				_, err = other.Client.GetObject(ctx, g.Recipient.Collection, g.Recipient.ID)
			case "message":
				_, err = other.Client.GetMessage(ctx, g.Message)
			case "run":
				_, err = other.Client.GetRun(ctx, g.Run)
			case "trigger":
				var page client.Page[client.Message]
				if page, err = other.Client.ListMessages(ctx, client.MessageFilter{WorkflowRunID: g.Trigger}, client.Cursor{Size: 1}); err == nil && len(page.Items) == 0 {
					err = &client.Error{Status: http.StatusNotFound}
				}
			}
			return none, err
		})
		if err == nil {
			g.elsewhere = other.Profile
			return
		}
	}
}

// sourcesRead bounds how many sources are asked what they received.
const sourcesRead = 3

// readSources looks for events of the recipient whose trigger Knock refused.
func (g *gatherer) readSources(ctx context.Context) {
	sources, err := read(ctx, g, "sources", g.session.Client.Sources)
	if err != nil {
		return
	}
	for i, source := range sources {
		if i == sourcesRead {
			g.looked = append(g.looked, fmt.Sprintf("%d more sources: not asked for", len(sources)-i))
			return
		}
		page, err := read(ctx, g, "log of source "+source.Key, func(ctx context.Context) (client.Page[client.SourceLog], error) {
			return g.session.Client.SourceLogs(ctx, source.Key, client.SourceLogFilter{StartingAt: g.Since}, client.Cursor{})
		})
		if err != nil {
			return
		}
		for _, l := range page.Items {
			for _, a := range l.Actions {
				if a.Result["code"] != nil && g.concerns(a) {
					g.refused = append(g.refused, refusal{source.Key, l, a})
				}
			}
		}
	}
}

func (g *gatherer) concerns(a client.SourceLogAction) bool {
	recipients, _ := a.Payload["recipients"].([]any)
	for _, r := range recipients {
		if user, ok := r.(map[string]any); ok && user["collection"] == "$users" {
			r = user["id"]
		}
		if (r == g.Recipient.ID && g.Recipient.Collection == "") && (g.Workflow == "" || a.Payload["key"] == g.Workflow) {
			return true
		}
	}
	return false
}
