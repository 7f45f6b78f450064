package client

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"unicode"
	"unicode/utf8"
)

func TestErrorsReadWell(t *testing.T) {
	for name, x := range map[string]struct {
		answer *http.Response
		want   string
	}{
		"inactive": {respond(422, `{"code":"workflow_inactive","message":"The workflow is inactive","status":422,"type":"invalid_request_error"}`),
			"read user u: the workflow is not active in this environment; thaw it to send again (GET /v1/users/u answered 422 workflow_inactive, request id req_1)"},
		"missing": {respond(404, `{"code":"workflow_missing","message":"x","status":404,"type":"y"}`),
			"read user u: there is no such workflow in this environment; check the key's spelling and that the workflow is committed and promoted to this environment (GET /v1/users/u answered 404 workflow_missing, request id req_1)"},
		"wrong key": {respond(401, `{"code":"authentication_required","message":"Invalid key.","status":401,"type":"authentication_error"}`),
			"read user u: Knock answers: Invalid key; check KNOCK_API_KEY, or where the profile takes it from, and that it belongs to this environment (GET /v1/users/u answered 401 authentication_required, request id req_1)"},
		"forbidden, empty": {respond(403, ``),
			"read user u: Knock does not accept the key; check KNOCK_API_KEY, or where the profile takes it from, and that it belongs to this environment (GET /v1/users/u answered 403, request id req_1)"},
		"validation": {respond(422, `{"code":"invalid_params","message":"Invalid","errors":[{"field":"data.invoice_id","message":"is required","type":"required"},{"field":"email","message":"is no address"}]}`),
			"read user u: Knock refuses it: data.invoice_id: is required; email: is no address (GET /v1/users/u answered 422 invalid_params, request id req_1)"},
		"validation by field": {respond(422, `{"code":"invalid_params","errors":{"b":["one","two"],"a":"bad"}}`),
			"read user u: Knock refuses it: a: bad; b: one, two (GET /v1/users/u answered 422 invalid_params, request id req_1)"},
		"validation as text": {respond(422, `{"errors":["first","second"]}`),
			"read user u: Knock refuses it: first; second (GET /v1/users/u answered 422, request id req_1)"},
		"html": {respond(404, "<!DOCTYPE html><p>not here"),
			"read user u: Knock answers: (an HTML page, perhaps of a proxy on the way); check the id, and that the key belongs to the environment meant (GET /v1/users/u answered 404, request id req_1)"},
		"empty": {respond(404, ""), "read user u: Knock answers 404 Not Found; check the id, and that the key belongs to the environment meant (GET /v1/users/u answered 404, request id req_1)"},
		"moved": {respond(301, "", "Location", "http://elsewhere.example"),
			"read user u: Knock answers 301 Moved Permanently; redirects are not followed: check the base URL (GET /v1/users/u answered 301, request id req_1)"},
		"html for success": {respond(200, " <html>log in</html>"),
			"read user u: Knock's answer cannot be read: it is an HTML page. Check the base URL, and whether a proxy or a login page is in between (GET /v1/users/u answered 200, request id req_1)"},
		"empty for success": {respond(200, ""),
			"read user u: Knock's answer cannot be read: it is empty. Check the base URL, and whether a proxy or a login page is in between (GET /v1/users/u answered 200, request id req_1)"},
		"no request id": {respond(404, "", "X-Request-Id", ""), "read user u: Knock answers 404 Not Found; check the id, and that the key belongs to the environment meant (GET /v1/users/u answered 404)"},
	} {
		c := newClient(t, func(*http.Request) (*http.Response, error) { return x.answer, nil })
		_, err := c.GetUser(t.Context(), "u")
		if err == nil || err.Error() != x.want {
			t.Errorf("%s:\n%v\nwant\n%s", name, err, x.want)
		}
	}
}

func TestAnErrorKeepsItsParts(t *testing.T) {
	c := newClient(t, func(*http.Request) (*http.Response, error) {
		return respond(422, `{"code":"invalid_params","message":"Bad","status":422,"type":"invalid_request_error","errors":[{"field":"a","message":"b"}]}`), nil
	})
	_, err := c.Trigger(t.Context(), fullTrigger)
	var e *Error
	if !errors.As(err, &e) || e.Status != 422 || e.Code != "invalid_params" || e.Message != "Bad" || e.Type != "invalid_request_error" ||
		len(e.Fields) != 1 || e.Fields[0] != (FieldError{"a", "b"}) || e.RequestID != "req_1" || e.Method != "POST" ||
		e.Path != "/v1/workflows/invite-reminder/trigger" || e.Op != "trigger invite-reminder" || e.Uncertain || e.Attempts != 1 {
		t.Errorf("%+v", e)
	}
}

func TestAnAnswerOfAnotherShapeNamesNoGoType(t *testing.T) {
	for _, body := range []string{`[]`, `"x"`, `{"items":{}}`, `{"items":[{"recipient":5}]}`, `{"items":[5]}`, `{"items":[{"inserted_at":"yesterday"}]}`, `{"items":`, `{} {}`} {
		c := newClient(t, func(*http.Request) (*http.Response, error) { return respond(200, body), nil })
		_, err := c.ListRuns(t.Context(), RunFilter{}, Cursor{})
		if err == nil || !strings.Contains(err.Error(), "cannot be read") || strings.Contains(err.Error(), "client.") || strings.Contains(err.Error(), "Go ") || strings.Contains(err.Error(), "2006") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// A 200 whose answer cannot be read may be a login page in between, or Knock: a cancel must not count as accepted.
func TestUnreadableSuccessOfACancel(t *testing.T) {
	c := newClient(t, func(*http.Request) (*http.Response, error) { return respond(200, "<html>"), nil })
	_, err := c.Cancel(t.Context(), CancelEveryone("w", "k"))
	var e *Error
	if !errors.As(err, &e) || !e.Uncertain {
		t.Errorf("%v", err)
	}
}

func TestMissingKeys(t *testing.T) {
	sent := 0
	serve := func(*http.Request) (*http.Response, error) { sent++; return fine() }
	bare := newClient(t, serve, func(o *Options) { o.APIKey, o.ServiceToken, o.Environment = "", "", "" })
	_, err1 := bare.GetUser(t.Context(), "u")
	_, err2 := bare.WhoAmI(t.Context())
	_, err3 := bare.GetWorkflow(t.Context(), "w")
	_, err4 := newClient(t, serve, func(o *Options) { o.Environment = "" }).GetWorkflow(t.Context(), "w")
	for i, x := range []struct {
		err, is error
		says    string
	}{
		{err1, ErrNoAPIKey, "set KNOCK_API_KEY"}, {err2, ErrNoServiceToken, "set KNOCK_SERVICE_TOKEN"},
		{err3, ErrNoServiceToken, "set KNOCK_SERVICE_TOKEN"}, {err4, ErrNoEnvironment, "name it in the profile"},
	} {
		if !errors.Is(x.err, x.is) || !strings.Contains(x.err.Error(), x.says) {
			t.Errorf("call %d: %v", i+1, x.err)
		}
	}
	if _, err := bare.TriggerRequest(fullTrigger); err != nil || sent != 0 {
		t.Errorf("a preview needs no key: %v, %d requests", err, sent)
	}
}

func TestErrorsOfTheNetwork(t *testing.T) {
	for name, x := range map[string]struct {
		err  error
		want string
	}{
		"refused": {&net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}, Err: errors.New("connection refused")},
			"freeze welcome: cannot reach 127.0.0.1:1: connection refused; check the base URL and the network (PUT /v1/workflows/welcome/activate, 5 attempts)"},
		"no such host": {&net.OpError{Op: "dial", Err: &net.DNSError{Name: "knock.invalid", IsNotFound: true}},
			"freeze welcome: there is no host knock.invalid; check the base URL and the network (PUT /v1/workflows/welcome/activate)"},
		"silence": {os.ErrDeadlineExceeded,
			"freeze welcome: no answer in time; check the base URL and the network; it may have been carried out all the same: look before you repeat it (PUT /v1/workflows/welcome/activate, 5 attempts)"},
		"words with escapes": {errors.New("\x1b[31mreset"),
			"freeze welcome: \ufffd[31mreset; check the base URL and the network; it may have been carried out all the same: look before you repeat it (PUT /v1/workflows/welcome/activate, 5 attempts)"},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, func(*http.Request) (*http.Response, error) { return nil, x.err })
			_, err := c.SetWorkflowActive(t.Context(), "welcome", false)
			if err == nil || err.Error() != x.want || !errors.Is(err, x.err) {
				t.Errorf("%s:\n%v\nwant\n%s", name, err, x.want)
			}
		})
	}
}

func TestErrorOfEndedContext(t *testing.T) {
	c := newClient(t, func(*http.Request) (*http.Response, error) { return fine() })
	ctx, cancel := context.WithTimeout(t.Context(), -1)
	defer cancel()
	_, err := c.GetUser(ctx, "u")
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "not sent") {
		t.Error(err)
	}
}

func FuzzErrorBody(f *testing.F) {
	for _, s := range []string{
		`{"code":"invalid_params","message":"m\u001b[31m","errors":[{"field":"a","message":"b"}]}`, `{"errors":{"a":["b"]}}`, `{"errors":[1,null,[],{}]}`,
		`{"errors":"\u202e"}`, "<html>", "", "\x1b]0;owned\x07", `{"message":5}`, `{"errors":null}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e := &Error{Op: "x", Method: "POST", Path: "/"}
		e.learn(answer{status: 422, body: body}, nil)
		s := e.Error()
		if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
			t.Errorf("not fit for a terminal: %q", s)
		}
		if len(e.Fields) > maxRemoteFields || len(s) > 4*maxRemoteText*(2*maxRemoteFields+3) {
			t.Errorf("%d fields, %d bytes", len(e.Fields), len(s))
		}
	})
}
