package emulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// transcript is what an emulator answers to the same requests.
func transcript(t *testing.T, seed uint64, speed float64) string {
	var out strings.Builder
	inBubble(t, Options{Seed: seed, Speed: speed, NoRateLimit: true, Lively: true}, func(b *bed) {
		for i := range 5 {
			r := b.must("POST", "/v1/workflows/welcome/trigger", m{"recipients": list("dana", "jonas"), "data": m{"i": i}})
			fmt.Fprintln(&out, r.Body, r.Header().Get("X-Request-Id"))
		}
		b.pass(time.Minute)
		fmt.Fprintln(&out, b.must("GET", "/v1/workflow_recipient_runs?page_size=50", nil).Body)
		fmt.Fprintln(&out, b.must("GET", "/v1/messages?page_size=50", nil).Body)
	})
	return out.String()
}

func TestTheSeedDecides(t *testing.T) {
	one := transcript(t, 1, 1)
	if again := transcript(t, 1, 1); again != one {
		t.Error("the same seed gave something else")
	}
	if transcript(t, 2, 1) == one {
		t.Error("another seed gave the same")
	}
}

func TestSpeed(t *testing.T) {
	inBubble(t, Options{Speed: 3600}, func(b *bed) {
		ids := b.trigger("invite-reminder", invite("k", "dana"))
		b.pass(900 * time.Millisecond)
		b.expect(ids, "paused")
		b.pass(200 * time.Millisecond)
		b.expect(ids, "completed")
	})
}

func TestAnEmulatorThatIsNotStartedStillKeepsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t, Options{})
		ids := b.trigger("invite-reminder", invite("k", "dana"))
		time.Sleep(2 * time.Hour)
		if got := b.must("GET", "/v1/workflow_recipient_runs/"+ids[0], nil).text("status"); got != "completed" {
			t.Errorf("two hours later the run is %s", got)
		}
	})
}

func TestALivelyWorldHasAPastAndAPresent(t *testing.T) {
	for seed := range uint64(5) {
		inBubble(t, Options{Seed: seed, Lively: true}, func(b *bed) {
			b.settle()
			before := b.Stats()
			pending := before.Runs["queued"] + before.Runs["processing"] + before.Runs["paused"]
			if pending < 40 || pending > 120 || before.Runs["completed"] < 50 || before.Runs["cancelled"] < 2 {
				b.Errorf("seed %d begins with %v", seed, before.Runs)
			}
			for _, status := range []string{"delivered", "bounced", "undelivered"} {
				if before.Messages[status] == 0 {
					b.Errorf("seed %d begins with no message %s: %v", seed, status, before.Messages)
				}
			}
			sources, workflows, keys, objects := map[string]int{}, map[string]int{}, map[string]int{}, 0
			b.look(func() {
				for _, r := range b.runs.all {
					if r.status.pending() {
						sources[r.trig.source]++
						workflows[r.trig.wf.Key]++
						keys[r.trig.key]++
						if r.who.collection != "" {
							objects++
						}
					}
				}
			})
			if sources["schedule"] == 0 || sources["api"] == 0 || len(workflows) < 3 || len(keys) < 10 || objects == 0 || slices.Max(slices.Collect(maps.Values(keys))) < 2 {
				b.Errorf("seed %d: pending by source %v, by workflow %v, %d keys, %d objects", seed, sources, workflows, len(keys), objects)
			}
			b.pass(time.Minute)
			if made := sum(b.Stats().Runs) - sum(before.Runs); made < 5 || made > 60 {
				b.Errorf("seed %d: %d new runs in a minute", seed, made)
			}
			b.look(func() {
				for _, r := range b.runs.all {
					if r.trig.at > b.clock.now() || r.updated > b.clock.now() {
						b.Errorf("run %s is from the future", r.id)
					}
				}
			})
		})
	}
}

func sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

func TestBacklog(t *testing.T) {
	inBubble(t, Options{Backlog: map[string]int{"invite-reminder": 1000, "invoice-due": 500}}, func(b *bed) {
		b.settle()
		if got := b.Stats().Runs["paused"]; got != 1500 {
			b.Errorf("%d runs are paused", got)
		}
		keyless := 0
		b.look(func() {
			for i, r := range b.runs.all {
				if i > 0 && r.trig.at < b.runs.all[i-1].trig.at {
					b.Error("the runs are not in the order of their times")
				}
				if r.trig.key == "" {
					keyless++
				}
			}
		})
		if keyless > 100 {
			b.Errorf("%d runs have no key", keyless)
		}
	})
}

func TestRunaway(t *testing.T) {
	inBubble(t, Options{Runaway: "invite-reminder", RunawayRate: 30}, func(b *bed) {
		b.pass(10*time.Second + time.Millisecond)
		if got := sum(b.Stats().Runs); got != 300 {
			b.Errorf("%d runs in ten seconds at 30 a second", got)
		}
		b.freeze("invite-reminder", true)
		b.pass(10 * time.Second)
		if got := sum(b.Stats().Runs); got != 300 {
			b.Errorf("%d runs after the freeze", got)
		}
	})
}

func TestSchedulesFire(t *testing.T) {
	inBubble(t, Options{}, func(b *bed) {
		b.must("POST", "/v1/schedules", m{"workflow": "welcome", "recipients": list("dana"), "repeats": list(m{"frequency": "daily", "hours": 6, "minutes": 30})})
		next := b.must("GET", "/v1/schedules?workflow=welcome", nil)
		if got := next.text("entries", 0, "next_occurrence_at"); got != "2000-01-01T11:30:00.000000Z" { // New York
			b.Errorf("the first time is %s", got)
		}
		b.pass(50 * time.Hour)
		runs := b.must("GET", "/v1/workflow_recipient_runs?workflow=welcome", nil)
		if n := len(runs.items("items")); n != 2 {
			b.Errorf("%d runs in 50 hours", n)
		}
		source := runs.at("items", 0, "trigger_source").(m)
		if source["type"] != "schedule" || source["cancellation_key"] != nil || source["schedule_id"] != next.text("entries", 0, "id") {
			b.Errorf("the source is %v", source)
		}
		b.must("DELETE", "/v1/schedules", m{"schedule_ids": list(next.text("entries", 0, "id"))})
		b.pass(50 * time.Hour)
		if n := len(b.must("GET", "/v1/workflow_recipient_runs?workflow=welcome", nil).items("items")); n != 2 {
			b.Errorf("%d runs after the schedule was deleted", n)
		}
	})
}

func TestRepeats(t *testing.T) {
	from := stampOf(time.Date(2026, 3, 4, 10, 20, 0, 0, time.UTC)) // a Wednesday
	for _, test := range []struct {
		rule Repeat
		want string
	}{
		{Repeat{Frequency: "hourly", Minutes: 15}, "2026-03-04T11:15:00.000000Z"},
		{Repeat{Frequency: "hourly", Minutes: 45}, "2026-03-04T10:45:00.000000Z"},
		{Repeat{Frequency: "daily", Hours: 9}, "2026-03-05T09:00:00.000000Z"},
		{Repeat{Frequency: "daily", Hours: 11}, "2026-03-04T11:00:00.000000Z"},
		{Repeat{Frequency: "daily", Hours: 9, Days: []string{"sat"}}, "2026-03-07T09:00:00.000000Z"},
		{Repeat{Frequency: "weekly", Hours: 9, Days: []string{"mon", "fri"}}, "2026-03-06T09:00:00.000000Z"},
		{Repeat{Frequency: "weekly", Hours: 9}, "2026-03-09T09:00:00.000000Z"},
		{Repeat{Frequency: "monthly", DayOfMonth: 15}, "2026-03-15T00:00:00.000000Z"},
		{Repeat{Frequency: "monthly"}, "2026-04-01T00:00:00.000000Z"},
	} {
		if got := test.rule.after(from, time.UTC).String(); got != test.want {
			t.Errorf("%+v: %s, want %s", test.rule, got, test.want)
		}
	}
}

func TestSourceEvents(t *testing.T) {
	inBubble(t, Options{}, func(b *bed) {
		event := m{"type": "track", "event": "Payment Failed", "userId": "dana", "messageId": "m-1", "properties": m{"payment_id": "pay_1", "amount": 700}}
		endpoint := b.must("GET", "/v1/sources/shop?environment=development", nil).text("environment_settings", "development", "settings", "endpoint")
		for range 2 { // the second is known by its messageId
			if r := b.must("POST", strings.TrimPrefix(endpoint, "http://emulator.test"), event, "Authorization", ""); r.Code != 204 {
				b.Errorf("ingestion answers %d", r.Code)
			}
		}
		b.must("POST", ingestPath+"src_shop", m{"type": "track", "event": "Unmapped"})
		runs := b.must("GET", "/v1/workflow_recipient_runs?workflow=payment-failed", nil)
		if len(runs.items("items")) != 1 || runs.text("items", 0, "trigger_source", "cancellation_key") != "pay_1" {
			b.Errorf("the event triggered %s", runs.Body)
		}
		logs := b.must("GET", "/v1/sources/shop/logs?environment=development&include[]=actions&event=Payment+Failed", nil)
		if len(logs.items("entries")) != 2 || logs.text("entries", 1, "actions", 0, "action_status") != "success" {
			b.Errorf("the log says %s", logs.Body)
		}
		if repeat := logs.at("entries", 0).(map[string]any); len(repeat["actions"].([]any)) != 0 {
			b.Errorf("a repeat is logged with %v", repeat["actions"])
		}
		action := logs.at("entries", 1, "actions", 0).(map[string]any)
		if got := action["action_result"].(map[string]any)["id"]; got != runs.text("items", 0, "workflow_run_id") && got != runs.text("items", 0, "trigger_source", "workflow_run_id") {
			b.Errorf("the trigger's id is %v in the log, not that of its runs", got)
		}
		if got := b.must("GET", "/v1/sources/shop/status?environment=development", nil).at("events_count"); got != 3.0 {
			b.Errorf("%v events counted", got)
		}
		b.freeze("payment-failed", true)
		b.must("POST", ingestPath+"src_shop", m{"type": "track", "event": "Payment Failed", "userId": "dana"})
		logs = b.must("GET", "/v1/sources/shop/logs?environment=development&include[]=actions&limit=1", nil)
		if logs.text("entries", 0, "actions", 0, "action_result", "code") != "workflow_inactive" {
			b.Errorf("a refused trigger is logged as %s", logs.Body)
		}
	})
}

func TestParseChaos(t *testing.T) {
	got, err := ParseChaos("429=5%, 500=0.1,reset=2%,slow=1%:3s,lost=2%")
	want := Chaos{TooMany: 0.05, Broken: 0.1, Reset: 0.02, Slow: 0.01, Lost: 0.02, SlowBy: 3 * time.Second}
	if err != nil || got != want {
		t.Errorf("%+v %v", got, err)
	}
	if got, err := ParseChaos(""); err != nil || got != (Chaos{SlowBy: defaultSlow}) {
		t.Errorf("%+v %v", got, err)
	}
	for _, bad := range []string{"418=5%", "500", "500=x", "500=101%", "500=-1%", "500=NaN", "slow=1%:soon", "lost=1%:2s", "429=60%,500=60%"} {
		if _, err := ParseChaos(bad); err == nil || !strings.Contains(err.Error(), bad) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// overPipe serves an emulator without a network and gives a client for it.
func overPipe(t *testing.T, e *Emulator) (client *http.Client, stop func()) {
	t.Helper()
	l := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error)
	go func() { served <- e.Serve(ctx, l) }()
	transport := &http.Transport{DialContext: l.dial, DisableKeepAlives: true}
	return &http.Client{Transport: transport}, func() {
		cancel()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	}
}

type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	close(p.closed)
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes"} }

func TestChaosOverAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, err := New(Options{NoRateLimit: true, Chaos: Chaos{TooMany: 0.15, Broken: 0.15, Reset: 0.15, Slow: 0.15, Lost: 0.15, SlowBy: 4 * time.Second}, Latency: 10 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		client, stop := overPipe(t, e)
		got := map[string]int{}
		for i := range 200 {
			began := time.Now()
			req, _ := http.NewRequest("POST", "http://emulator/v1/workflows/invite-reminder/trigger", strings.NewReader(`{"recipients":["dana"]}`))
			req.Header.Set("Authorization", "Bearer "+DemoAPIKey)
			res, err := client.Do(req)
			took := time.Since(began)
			switch {
			case errors.Is(err, io.EOF):
				got["cut"]++
			case err != nil:
				t.Fatalf("request %d: %v", i, err)
			default:
				_ = res.Body.Close()
				got[fmt.Sprint(res.StatusCode)]++
				if took > 4*time.Second {
					got["slow"]++
				}
			}
			if took < 10*time.Millisecond {
				t.Errorf("request %d took %s, less than the latency", i, took)
			}
		}
		s := e.Stats()
		if got["429"] != s.Chaos["429"] || got["500"] != s.Chaos["500"] || got["cut"] != s.Chaos["reset"]+s.Chaos["lost"] || got["slow"] != s.Chaos["slow"] {
			t.Errorf("seen %v, drawn %v", got, s.Chaos)
		}
		if runs := sum(s.Runs); runs != got["200"]+s.Chaos["lost"] {
			t.Errorf("%d runs, want the %d answered and the %d lost", runs, got["200"], s.Chaos["lost"])
		}
		for what, n := range s.Chaos {
			if n < 15 || n > 45 {
				t.Errorf("%s was drawn %d times of 200, want about 30", what, n)
			}
		}
		for i, r := range e.Requests() {
			if r.Status == 0 && got["cut"] == 0 {
				t.Errorf("request %d has no status", i)
			}
		}
		stop()
	})
}

func TestServeTellsTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, err := New(Options{Speed: 60})
		if err != nil {
			t.Fatal(err)
		}
		client, stop := overPipe(t, e)
		defer stop()
		time.Sleep(time.Minute)
		res, err := client.Get("http://emulator/v1/users")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		date, err := http.ParseTime(res.Header.Get("Date"))
		if err != nil || date.Sub(e.Now()).Abs() > time.Minute || !date.After(time.Now().Add(50*time.Minute)) {
			t.Errorf("the Date is %s, the emulator's time %s", date, e.Now())
		}
	})
}

func FuzzRequests(f *testing.F) {
	f.Add("POST", "/v1/workflows/invoice-due/trigger", `{"recipients":["a",{"id":"b","collection":"c","$trigger_data":{"x":[1]}}],"data":{"invoice_id":"1"},"tenant":{"id":"t"},"actor":{"id":"z","n":1}}`)
	f.Add("PUT", "/v1/users/a%2Fb", `{"preferences":{"default":{"workflows":{"welcome":{"conditions":[{}]}}}},"channel_data":{"apns":{"tokens":[null]}}}`)
	f.Add("POST", "/v1/workflows/welcome/cancel", `{"cancellation_key":"k","recipients":[{"id":"x"}]}`)
	f.Add("GET", "/v1/workflow_recipient_runs?status[]=paused&recipient[id]=a&recipient[collection]=b&after=cnVuczow", "")
	f.Add("GET", `/v1/messages?trigger_data={"a":{"b":1}}&engagement_status[]=unseen&before=bWVzc2FnZXM6MA`, "")
	f.Add("POST", "/v1/channels/in-app-feed/messages/bulk/archived", `{"has_tenant":true,"trigger_data":"{}"}`)
	f.Add("POST", "/v1/schedules", `{"workflow":"welcome","recipients":["a"],"repeats":[{"frequency":"monthly","day_of_month":31}]}`)
	f.Add("POST", "/integrations/receive/src_shop", `{"type":"track","event":"Payment Failed","userId":"x","properties":{"amount":"much"}}`)
	f.Fuzz(func(t *testing.T, method, target, body string) {
		if !strings.HasPrefix(target, "/") || strings.ContainsAny(target, " \r\n\t") || strings.ContainsAny(method, " \r\n\t\x00/:()") || method == "" {
			return
		}
		b := newBed(t, Options{NoRateLimit: true})
		req, err := http.NewRequest(method, "http://e"+target, strings.NewReader(body))
		if err != nil {
			return
		}
		for _, token := range []string{DemoAPIKey, DemoServiceToken} {
			req.Header.Set("Authorization", "Bearer "+token)
			req.Body = io.NopCloser(strings.NewReader(body))
			rec := newRecorder()
			b.handler.ServeHTTP(rec, req)
			if rec.status < 200 || rec.status >= 500 {
				t.Fatalf("%s %s: %d", method, target, rec.status)
			}
		}
		b.mu.Lock()
		b.catchUp(b.clock.now()+3*hour, 10_000) // and what it set off goes well
		b.mu.Unlock()
	})
}

// recorder keeps the status of an answer.
type recorder struct {
	header http.Header
	status int
}

func newRecorder() *recorder                    { return &recorder{header: http.Header{}} }
func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) Write(p []byte) (int, error) { return len(p), nil }
func (r *recorder) WriteHeader(status int)      { r.status = status }
