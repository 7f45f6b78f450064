package journal

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/webhook"
)

const (
	ingestSecret  = "whsec_ingest"
	ingestClients = 64
	ingestFor     = time.Second // a turn
)

// webhookBody is an event of about 1.5 KB; n makes it one of its own.
func webhookBody(n int) []byte {
	const detail = "The invoice of your last order could not be sent to the address that we know of, so nobody was notified."
	at := time.UnixMicro(1_790_000_000_000_000 + int64(n)*37_000).UTC().Format(time.RFC3339Nano)
	return fmt.Appendf(nil, `{"__typename":"Event","type":%q,"created_at":%q,"data":{"__typename":"Message","id":"2w3YUpTTOxuDvZFji8%08d",`+
		`"workflow":%q,"recipient":"user_%d","tenant":"tenant_%d","status":"delivered","engagement_statuses":["read","seen"],`+
		`"channel_id":"123e4567-e89b-12d3-a456-42661417400%d","channel":{"id":"123e4567-e89b-12d3-a456-42661417400%d","type":"email","provider":"postmark","key":"mail"},`+
		`"inserted_at":%q,"updated_at":%q,"seen_at":null,"read_at":null,"archived_at":null,"metadata":{"external_id":"ext-%d"},`+
		`"source":{"__typename":"NotificationSource","key":"invoice-due","categories":["billing","transactional"],"step_ref":"email_1","version_id":"0b8b7a3c-9f6d-4f0e-8d3e-1a2b3c4d5e6f",`+
		`"workflow_run_id":"789e0123-f45a-67b8-c901-%012d","workflow_recipient_run_id":"def01234-a56b-78c9-d012-%012d"},`+
		`"actors":["user_%d"],"data":{"invoice_id":"inv-%d","amount":"%d.50","currency":"EUR","items":[%s]}},"event_data":null}`,
		webhook.Types[n%len(webhook.Types)], at, n, fmt.Sprintf("workflow-%d", n%40), n%50_000, n%300, n%7, n%7, at, at, n, n/3, n, n%50, n, n%977,
		strings.TrimSuffix(strings.Repeat(fmt.Sprintf("%q,", detail), 4), ","))
}

// knock sends webhooks one after the other, each signed when it is sent.
func knock(c *http.Client, url string, next func() int, until time.Time) (took []time.Duration, err error) {
	for time.Now().Before(until) {
		body := webhookBody(next())
		start := time.Now()
		req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
		if err != nil {
			return took, err
		}
		req.Header = http.Header{
			"Content-Type": {"application/json"}, "X-Knock-Event": {"message.sent"}, "X-Knock-Environment-Id": {"5f2a"},
			"X-Knock-Signature": {webhook.Sign(ingestSecret, start, body)},
		}
		res, err := c.Do(req)
		if err != nil {
			return took, err
		}
		_, err = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK {
			return took, fmt.Errorf("answered %s: %v", res.Status, err)
		}
		took = append(took, time.Since(start))
	}
	return took, nil
}

// flood is Knock with many connections, for a while. It returns how long each answer took.
func flood(b *testing.B, addr string, number *atomic.Int64) []time.Duration {
	b.Helper()
	var mu sync.Mutex
	var took []time.Duration
	var clients sync.WaitGroup
	c := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: ingestClients}}
	defer c.CloseIdleConnections()
	until := time.Now().Add(ingestFor)
	for range ingestClients {
		clients.Go(func() {
			own, err := knock(c, "http://"+addr+webhook.DefaultPath, func() int { return int(number.Add(1)) }, until)
			mu.Lock()
			defer mu.Unlock()
			took = append(took, own...)
			if err != nil {
				b.Error(err)
			}
		})
	}
	clients.Wait()
	return took
}

// bareVariable makes the test binary the handler that BenchmarkIngest holds the receiver against.
const bareVariable = "KNOCKOPS_TEST_BARE_HANDLER"

// answerUntilKilled prints the address at which it reads bodies and answers.
func answerUntilKilled() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		fmt.Println(l.Addr())
		err = http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			_, _ = io.ReadAll(req.Body)
			w.WriteHeader(http.StatusOK)
		}))
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// program runs the test binary as another program until the benchmark ends, and returns the address that it prints.
func program(b *testing.B, variable, value string) string {
	b.Helper()
	p := exec.Command(os.Args[0])
	p.Env = append(os.Environ(), variable+"="+value)
	p.Stderr = os.Stderr
	out, err := p.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := p.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = p.Process.Kill()
		_ = p.Wait()
	})
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(addr)
}

// BenchmarkIngest holds the receiver and the journal against a handler that reads the body and answers, each a program
// of its own beside the one that sends. They take turns, so that whatever else the machine does is borne by both; what
// the journal has still to index after its turn is waited for.
func BenchmarkIngest(b *testing.B) {
	path := filepath.Join(b.TempDir(), "j.db")
	durable, bare := program(b, receiverVariable, path), program(b, bareVariable, "1")
	j := opened(b, path)
	var number atomic.Int64
	var plain, stored []time.Duration
	turns := 0
	for b.Loop() {
		plain = append(plain, flood(b, bare, &number)...)
		stored = append(stored, flood(b, durable, &number)...)
		indexAll(b, j)
		turns++
	}
	slices.Sort(stored)
	seconds := ingestFor.Seconds() * float64(turns)
	b.ReportMetric(float64(len(plain))/seconds, "bare/s")
	b.ReportMetric(float64(len(stored))/seconds, "durable/s")
	b.ReportMetric(float64(len(stored))/float64(len(plain)), "ratio")
	b.ReportMetric(float64(stored[len(stored)*99/100].Microseconds())/1000, "p99-ms")
	if n, err := j.CountEvents(b.Context(), EventFilter{}); err != nil || n != len(stored) {
		b.Errorf("%d events in the journal, %d acknowledged: %v", n, len(stored), err)
	}
}
