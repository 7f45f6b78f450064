package client

import (
	"context"
	"time"
)

// Commit is a version of a resource, such as a workflow, in one environment.
type Commit struct {
	ID       string `json:"id"`
	Resource struct {
		Type       string `json:"type"` // workflow, email_layout, partial …
		Identifier string `json:"identifier"`
	} `json:"resource"`
	Author struct {
		Name  string `json:"name,omitempty"`
		Email string `json:"email"`
	} `json:"author"`
	Message   string    `json:"commit_message,omitempty"`
	CreatedAt time.Time `json:"created_at"`
}

// ListCommits reads a page of the commits in the client's environment, the most recent first; with a workflow key those
// of that workflow alone.
func (c *Client) ListCommits(ctx context.Context, workflow string, at Cursor) (Page[Commit], error) {
	x, err := c.inEnvironment(&listCommits, "list commits")
	if workflow != "" {
		x.query.text("resource_type", "workflow")
		x.query.text("resource_id", workflow)
		err = firstError(CheckID("workflow key", workflow), err)
	}
	return list[Commit](ctx, c, x, err, at)
}
