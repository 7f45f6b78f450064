package why_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/ops/why"
	"github.com/knockops/knockops/internal/webhook"
)

// desk is a Knock with a session beside it, in a bubble.
type desk struct {
	t       *testing.T
	knock   *emulator.Emulator
	session *ops.Session
	// others is somebody else's program, which the journal knows nothing of.
	others *client.Client
	// opaque makes Knock call the events of runs by names that nobody knows, and tell no data of them.
	opaque bool
	// rename gives other words to the names and reasons of a run's events.
	rename map[string]string
	// unverified webhooks are received without a secret.
	unverified atomic.Bool
	// deaf drops them.
	deaf atomic.Bool
	// answer, if not nil, is asked first.
	answer func(*http.Request) *http.Response
	asked  int // requests of the session
}

// silent is the address of an emulator that sends no webhooks.
const silent = "none"

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func at(t *testing.T, o emulator.Options, story func(*desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		j, err := journal.OpenMemory()
		if err != nil {
			t.Fatal(err)
		}
		d := &desk{t: t}
		if o.WebhookURL != silent {
			o.WebhookURL, o.WebhookSecret = "http://127.0.0.1/webhooks", "whsec"
		} else {
			o.WebhookURL = ""
		}
		o.HTTPClient = &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) { return d.receive(j, r) })}
		if d.knock, err = emulator.New(o); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		d.knock.Start(ctx)
		options := client.Options{
			BaseURL: "http://127.0.0.1", ManagementBaseURL: "http://127.0.0.1", APIKey: emulator.DemoAPIKey, ServiceToken: emulator.DemoServiceToken,
			Environment: emulator.DemoEnvironment, Transport: transport(d.send),
		}
		d.others = connect(t, options, d.knock.Handler())
		c, err := client.New(options)
		if err != nil {
			t.Fatal(err)
		}
		d.session = ops.NewSession("test", emulator.DemoEnvironment, false, c, nil, j)
		d.session.Flags = runner.ProfileFlags("test", "")
		story(d)
		if err := d.session.Close(); err != nil {
			t.Error(err)
		}
		d.others.Close()
		stop()
		d.knock.Close()
		time.Sleep(time.Hour)
	})
}

// connect makes a client that asks a handler without any network.
func connect(t *testing.T, o client.Options, h http.Handler) *client.Client {
	o.Transport = transport(func(r *http.Request) (*http.Response, error) { return serve(h, r), nil })
	c, err := client.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func serve(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	h.ServeHTTP(w, r)
	return w.Result()
}

// send is the session's network.
func (d *desk) send(r *http.Request) (*http.Response, error) {
	d.asked++
	if d.answer != nil {
		if res := d.answer(r); res != nil {
			return res, nil
		}
	}
	res := serve(d.knock.Handler(), r)
	if (d.opaque || d.rename != nil) && r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/v1/workflow_recipient_runs/") && res.StatusCode == 200 {
		var run map[string]any
		if err := json.NewDecoder(res.Body).Decode(&run); err != nil {
			return nil, err
		}
		for _, e := range run["events"].([]any) {
			e := e.(map[string]any)
			if d.opaque {
				e["event"], e["data"] = "occurrence_"+e["id"].(string)[20:], nil
				continue
			}
			if name, ok := d.rename[e["event"].(string)]; ok {
				e["event"] = name
			}
			if data, ok := e["data"].(map[string]any); ok && d.rename[fmt.Sprint(data["reason"])] != "" {
				data["reason"] = d.rename[fmt.Sprint(data["reason"])]
			}
		}
		body, err := json.Marshal(run)
		if err != nil {
			return nil, err
		}
		res.Body = io.NopCloser(bytes.NewReader(body))
	}
	return res, nil
}

// receive stores a webhook.
func (d *desk) receive(j *journal.Journal, r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if d.deaf.Load() {
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	}
	hook, err := webhook.Received(time.Now(), nil, body)
	if err != nil {
		return nil, err
	}
	hook.Verified = !d.unverified.Load()
	if _, err := j.AddDeliveries(context.Background(), []webhook.Delivery{hook}); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
}

// trigger sends a trigger from this machine, or from elsewhere. What Knock refuses is part of the story.
func (d *desk) trigger(from here, x client.Trigger) string {
	d.t.Helper()
	if from {
		done, err := d.session.Trigger(x, "").Wait(d.t.Context())
		_ = err
		return done.WorkflowRunID
	}
	done, err := d.others.Trigger(d.t.Context(), x)
	if err != nil {
		d.t.Fatal(err)
	}
	return done.WorkflowRunID
}

type here bool

func (d *desk) ask(q why.Question, progress func(why.Progress)) why.Answer {
	d.t.Helper()
	before := d.asked
	a, err := why.Ask(d.t.Context(), d.session, q, progress)
	if err != nil {
		d.t.Fatal(err)
	}
	if n := d.asked - before; n > why.MaxRequests || n > a.Requests {
		d.t.Fatalf("%d requests were sent, %d counted", n, a.Requests)
	}
	return a
}

// sent are the webhooks of a type that were received.
func (d *desk) sent(kind string) []journal.Event {
	d.t.Helper()
	found, err := d.session.Journal.Events(d.t.Context(), journal.EventFilter{Types: []string{kind}}, 10, 0)
	if err != nil {
		d.t.Fatal(err)
	}
	return found
}

// put writes something to Knock that the client has no function for.
func (d *desk) put(path, body string) {
	d.t.Helper()
	if _, err := d.others.Call(d.t.Context(), client.Call{Method: http.MethodPut, Path: path, Body: []byte(body), Tier: 4}); err != nil {
		d.t.Fatal(err)
	}
}
