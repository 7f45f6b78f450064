package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"
)

// Draft is something that was written and can be sent later: it is bound to one environment.
type Draft struct {
	Name    string // of a template; a draft that was left open has none
	Binding string // host and fingerprint of the key that it may go out with
	Body    json.RawMessage
	SavedAt time.Time // SaveTemplate and KeepDrafts fill in the present
}

// SaveTemplate keeps a draft under its name, in the place of one that had it.
func (j *Journal) SaveTemplate(ctx context.Context, d Draft) error {
	_, err := j.inLine().ExecContext(ctx, "INSERT OR REPLACE INTO templates (name, binding, body, saved_at) VALUES (?, ?, ?, ?)",
		d.Name, d.Binding, withoutKeys(string(d.Body)), time.Now().UnixMicro())
	return j.explain("writing to", err)
}

// RemoveTemplate drops a template, and reports whether there was one of that name.
func (j *Journal) RemoveTemplate(ctx context.Context, name string) (bool, error) {
	result, err := j.inLine().ExecContext(ctx, "DELETE FROM templates WHERE name = ?", name)
	if err != nil {
		return false, j.explain("writing to", err)
	}
	n, err := result.RowsAffected()
	return n > 0, j.explain("writing to", err)
}

// Templates are the templates that were saved, by name.
func (j *Journal) Templates(ctx context.Context) ([]Draft, error) {
	return j.drafts(ctx, "SELECT name, binding, body, saved_at FROM templates ORDER BY name")
}

// KeepDrafts keeps what was left open, in the place of what was kept for that environment before.
func (j *Journal) KeepDrafts(ctx context.Context, binding string, bodies []json.RawMessage) error {
	return j.together(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM drafts WHERE binding = ?", binding); err != nil {
			return err
		}
		for _, body := range bodies {
			if _, err := tx.ExecContext(ctx, "INSERT INTO drafts (binding, body, saved_at) VALUES (?, ?, ?)", binding, withoutKeys(string(body)), time.Now().UnixMicro()); err != nil {
				return err
			}
		}
		return nil
	})
}

// Drafts are what was left open in an environment, the last one last.
func (j *Journal) Drafts(ctx context.Context, binding string) ([]Draft, error) {
	return j.drafts(ctx, "SELECT '', binding, body, saved_at FROM drafts WHERE binding = ? ORDER BY id", binding)
}

func (j *Journal) drafts(ctx context.Context, query string, args ...any) (all []Draft, err error) {
	rows, err := j.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, j.explain("reading", err)
	}
	defer rows.Close()
	for rows.Next() {
		var d Draft
		var body string
		var at int64
		if err := rows.Scan(&d.Name, &d.Binding, &body, &at); err != nil {
			return nil, j.explain("reading", err)
		}
		d.Body, d.SavedAt = json.RawMessage(body), time.UnixMicro(at)
		all = append(all, d)
	}
	return all, j.explain("reading", rows.Err())
}
