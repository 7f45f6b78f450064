package events

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/export"
	"github.com/knockops/knockops/internal/webhook"
)

func eventFeed(t *testing.T) *Feed {
	t.Helper()
	j, err := journal.OpenMemory()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	return NewFeed(j)
}

func arrive(t *testing.T, f *Feed, kind string, from, n int) {
	t.Helper()
	var ds []webhook.Delivery
	for i := range n {
		body := fmt.Sprintf(`{"type":%q,"data":{"id":"m%d","recipient":"dana"}}`, kind, from+i)
		d, err := webhook.Received(time.Now(), []webhook.Header{{Name: "Host", Value: "x"}, {Name: "x-knock-signature", Value: "old"}, {Name: "X-Odd", Value: "it's"}}, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		ds = append(ds, d)
	}
	if _, err := f.journal.AddDeliveries(context.Background(), ds); err != nil {
		t.Fatal(err)
	}
}

func TestWatchBringsThePageThenWhatComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := eventFeed(t)
		arrive(t, f, "message.seen", 0, Page+20)
		w := f.Watch(Filter{Types: []string{"message.*"}})
		next := func(want int) {
			t.Helper()
			b, err := w.Next(t.Context())
			if err != nil || len(b.Events) != want {
				t.Fatalf("%d events, %v; want %d", len(b.Events), err, want)
			}
			for i := 1; i < len(b.Events); i++ {
				if b.Events[i].ID >= b.Events[i-1].ID {
					t.Fatal("they are not newest first")
				}
			}
		}
		next(Page)
		start := time.Now()
		next(0)
		if d := time.Since(start); d < eventPause || d > 2*eventPoll {
			t.Errorf("the poll took %s", d)
		}
		arrive(t, f, "message.seen", 1000, 3)
		arrive(t, f, "workflow.updated", 1003, 2)
		next(3)
		arrive(t, f, "message.seen", 2000, maxBatch+Page)
		next(maxBatch)
		next(Page) // none is passed over, however many came
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := w.Next(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("when the view was closed: %v", err)
		}
	})
}

func TestEventTally(t *testing.T) {
	var counts Counts
	now := time.Unix(1_000_000, 0)
	add := func(kind string, ago time.Duration) {
		e := Event{Delivery: webhook.Delivery{Type: kind, ReceivedAt: now.Add(-ago)}}
		counts.Add(e)
	}
	for range 3 {
		add("message.delivered", time.Second)
	}
	add("message.bounced", 60*time.Second)
	add("message.sent", 2*time.Hour) // of long ago: it must not pass for one of this minute
	rates := counts.Rates(now)
	if rates[59] != 3 || rates[0] != 1 || counts.Total != 5 {
		t.Errorf("rates %v of %d", rates, counts.Total)
	}
	if failed, decided := counts.Failures(); failed != 1 || decided != 4 {
		t.Errorf("%d of %d failed", failed, decided)
	}
	for i := range 1000 {
		add(fmt.Sprint("made.up", i), 0)
	}
	if n := len(counts.ByType); n > maxTypes+1 || counts.ByType[otherTypes] == 0 {
		t.Errorf("%d types are told apart", n)
	}
}

func TestExport(t *testing.T) {
	f := eventFeed(t)
	arrive(t, f, "message.seen", 0, Page+7)
	arrive(t, f, "workflow.updated", 1000, 1)
	filter := Filter{Types: []string{"message.seen"}}
	dir := t.TempDir()
	for _, format := range []string{".ndjson", ".json", ".csv"} {
		path := filepath.Join(dir, "events"+format)
		done, err := f.Export(t.Context(), filter, " "+path, false)
		if err != nil || done.Rows != Page+7 || done.Path != path {
			t.Fatalf("%s: %+v, %v", format, done, err)
		}
		if _, err := f.Export(t.Context(), filter, path, false); !errors.Is(err, export.ErrExists) {
			t.Errorf("%s is overwritten without being asked: %v", format, err)
		}
		if done, err = f.Export(t.Context(), Filter{Workflow: "none"}, path, true); err != nil || done.Rows != 0 {
			t.Errorf("%s: %+v, %v", format, done, err)
		}
		if _, err = f.Export(t.Context(), filter, path, true); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if n := exported(t, format, raw); n != Page+7 {
			t.Errorf("%s holds %d events", format, n)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", format, info.Mode(), err)
		}
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 3 {
		t.Errorf("%d files are left behind, %v", len(all), err)
	}
	for _, bad := range []string{"", "events.txt", "events"} {
		if _, err := f.Export(t.Context(), filter, bad, false); err == nil {
			t.Errorf("%q is taken as a name", bad)
		}
	}
}

// exported counts the events in a file, reading it as others would.
func exported(t *testing.T, format string, raw []byte) (n int) {
	t.Helper()
	var records []Record
	switch format {
	case ".csv":
		rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return len(rows) - 1
	case ".json":
		if err := json.Unmarshal(raw, &records); err != nil {
			t.Fatal(err)
		}
	default:
		for d := json.NewDecoder(bytes.NewReader(raw)); d.More(); {
			var r Record
			if err := d.Decode(&r); err != nil {
				t.Fatal(err)
			}
			records = append(records, r)
		}
	}
	if string(records[0].Event) != `{"type":"message.seen","data":{"id":"m0","recipient":"dana"}}` || len(records[0].Headers) != 3 {
		t.Errorf("the first record is %+v", records[0])
	}
	return len(records)
}

func TestReplayGoesWithAFreshSignature(t *testing.T) {
	f := eventFeed(t)
	arrive(t, f, "message.seen", 0, 1)
	e, err := f.Event(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	status := http.StatusOK
	var header http.Header
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header = r.Header
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(status)
	}))
	defer server.Close()
	f.Receive(Receiving{Secrets: []string{"new", "old"}})
	if r, err := f.Replay(t.Context(), e, server.URL); err != nil || r.Status != 200 {
		t.Fatalf("%+v, %v", r, err)
	}
	if !bytes.Equal(body, e.Body) || header.Get("X-Odd") != "it's" {
		t.Errorf("another request went out: %v, %s", header, body)
	}
	if got := header.Values("X-Knock-Signature"); len(got) != 1 || webhook.Verify([]string{"new"}, got[0], body, time.Now(), 0) != nil {
		t.Errorf("its signature is %q", got)
	}
	status = http.StatusTeapot
	if _, err := Replay(t.Context(), e, server.URL, ""); err == nil || header.Get("X-Knock-Signature") != "old" {
		t.Errorf("without a secret, refused: %v, signature %q", err, header.Get("X-Knock-Signature"))
	}
	for _, bad := range []string{"", "example.com", "ftp://x"} {
		if _, err := f.Replay(t.Context(), e, bad); err == nil {
			t.Errorf("it is sent to %q", bad)
		}
	}
}

func TestCurlOfAnEventSurvivesTheShell(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh here")
	}
	e := Event{Delivery: webhook.Delivery{Body: []byte(`{"type":"it's $HOME"}`), Header: []webhook.Header{{Name: "Host", Value: "x"}, {Name: "X-Odd", Value: "it's"}}}}
	line := Curl(e, "the secret")
	if strings.Contains(line, "the secret") {
		t.Fatal("the secret is in the line")
	}
	out, err := exec.Command(sh, "-c", `curl() { for w; do printf '%s\n' "$w"; done; }; URL=http://127.0.0.1/; `+line).Output()
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(words) != 9 || words[2] != "http://127.0.0.1/" || words[4] != "X-Odd: it's" || words[8] != string(e.Body) {
		t.Errorf("the shell makes of it: %q", words)
	}
}
