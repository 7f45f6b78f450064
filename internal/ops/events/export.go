package events

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/knockops/knockops/internal/ops/export"
	"github.com/knockops/knockops/internal/webhook"
)

// Record is an event as it is written for other programs: what this
// machine knows of it, and the body as Knock sent it.
type Record struct {
	ID         int64     `json:"id"`
	ReceivedAt time.Time `json:"received_at"`
	Verified   bool      `json:"verified"`
	Repeats    int       `json:"repeats"`
	// Reconstructed says that it never arrived, and was put together from what the API tells.
	Reconstructed bool             `json:"reconstructed,omitempty"`
	Headers       []webhook.Header `json:"headers"`
	Event         json.RawMessage  `json:"event"`
}

// Record is the event for other programs.
func RecordOf(e Event) Record {
	return Record{e.ID, e.ReceivedAt, e.Verified, e.Repeats, e.Reconstructed, e.Header, e.Body}
}

// eventFormats are how events are written, by the ending of the file.
var eventFormats = map[string]func(io.Writer) eventWriter{
	".ndjson": func(w io.Writer) eventWriter { return &jsonLines{out: json.NewEncoder(w)} },
	".json":   func(w io.Writer) eventWriter { return &jsonArray{w: w} },
	".csv":    func(w io.Writer) eventWriter { return &csvRows{w: csv.NewWriter(w)} },
}

// Export writes the events that match a filter to a file, oldest first, whole.
// One that is there is an [ErrExists] unless it may be overwritten.
func (f *Feed) Export(ctx context.Context, filter Filter, path string, overwrite bool) (export.Result, error) {
	return export.File(path, overwrite, func(format string, to io.Writer) (int, error) { return f.write(ctx, filter, format, to) })
}

// write writes events page by page, so that no more than a page is in memory.
func (f *Feed) write(ctx context.Context, filter Filter, format string, to io.Writer) (n int, err error) {
	buffered := bufio.NewWriter(to)
	out := eventFormats[format](buffered)
	filter.Whole = true
	for after := int64(0); ; {
		page, err := f.journal.EventsAfter(ctx, filter, after, Page)
		if err != nil {
			return n, err
		}
		for _, e := range page {
			if err := out.write(e); err != nil {
				return n, err
			}
			after = e.ID
			n++
		}
		if len(page) < Page {
			return n, errors.Join(out.close(), buffered.Flush())
		}
	}
}

type eventWriter interface {
	write(Event) error
	close() error
}

// jsonLines writes a record on each line.
type jsonLines struct{ out *json.Encoder }

func (j *jsonLines) write(e Event) error { return j.out.Encode(RecordOf(e)) }
func (j *jsonLines) close() error        { return nil }

// jsonArray writes one array of records.
type jsonArray struct {
	w io.Writer
	n int
}

func (j *jsonArray) write(e Event) error {
	record, err := json.Marshal(RecordOf(e))
	if err != nil {
		return err
	}
	before := "[\n"
	if j.n > 0 {
		before = ",\n"
	}
	j.n++
	_, err = fmt.Fprintf(j.w, "%s%s", before, record)
	return err
}

func (j *jsonArray) close() error {
	end := "\n]\n"
	if j.n == 0 {
		end = "[]\n"
	}
	_, err := io.WriteString(j.w, end)
	return err
}

// csvRows writes what a table shows, and the body.
type csvRows struct {
	w      *csv.Writer
	headed bool
}

func (c *csvRows) head() {
	if !c.headed {
		c.headed = true
		_ = c.w.Write([]string{"id", "received_at", "created_at", "verified", "repeats", "type", "workflow", "workflow_run_id", "run_id", "recipient",
			"tenant", "message_id", "channel_type", "channel_id", "cancellation_key", "body"}) // the writer keeps its error for Flush
	}
}

func (c *csvRows) write(e Event) error {
	c.head()
	return c.w.Write([]string{strconv.FormatInt(e.ID, 10), e.ReceivedAt.UTC().Format(time.RFC3339Nano), e.CreatedAt.UTC().Format(time.RFC3339Nano),
		strconv.FormatBool(e.Verified), strconv.Itoa(e.Repeats), e.Type, e.Workflow, e.WorkflowRunID, e.RunID, e.Recipient,
		e.Tenant, e.MessageID, e.ChannelType, e.ChannelID, e.CancellationKey, string(e.Body)})
}

func (c *csvRows) close() error {
	c.head()
	c.w.Flush()
	return c.w.Error()
}
