package runner

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
)

func TestWithoutTokens(t *testing.T) {
	for _, x := range []struct{ name, body, want string }{
		{"nothing", ``, ``},
		{"no channel data", `{ "name":"A & B", "n":1e400,"name":"again" }`, `{ "name":"A & B", "n":1e400,"name":"again" }`},
		{"push tokens", `{"channel_data":{"c-1": {"tokens":["abc","d\"ef"] , "devices":[{"token":"x","locale":null,"n":7}]}},"plan":"pro"}`,
			`{"channel_data":{"c-1": {"tokens":["[redacted]","[redacted]"] , "devices":[{"token":"[redacted]","locale":null,"n":7}]}},"plan":"pro"}`},
		{"inline recipients", `{"recipients":["u1",{"id":"u2","channel_data":{"c":{"connections":[{"incoming_webhook":{"url":"https://h/x"}}]}}}],"data":{"a":"b"}}`,
			`{"recipients":["u1",{"id":"u2","channel_data":{"c":{"connections":[{"incoming_webhook":{"url":"[redacted]"}}]}}}],"data":{"a":"b"}}`},
		{"as a text", `{"channel_data":"{\"tokens\":[\"abc\"]}"}`, `{"channel_data":"[redacted]"}`},
		{"escaped name", `{"channel\u005fdata":{"t":"abc"}}`, `{"channel\u005fdata":{"t":"[redacted]"}}`},
		{"no JSON", `{"channel_data":{"t":"abc"`, `"[redacted]"`},
	} {
		got, _ := WithoutTokens(json.RawMessage(x.body), false)
		if string(got) != x.want {
			t.Errorf("%s:\n got %s\nwant %s", x.name, got, x.want)
		}
	}
}

// What is sent to a channel's own path is channel data as a whole, under whatever name.
func TestTheBodyOfChannelDataIsRedacted(t *testing.T) {
	r := &Runner{}
	r.Client, _ = client.New(client.Options{APIKey: "sk_test_0123456789"})
	defer r.Client.Close()
	for _, to := range []client.Ref{{ID: "dana"}, {Collection: "projects", ID: "atlas"}} {
		request, err := r.Client.EditRequest(client.SetChannelData(to, "c", map[string]any{"tokens": []string{"device-token"}}))
		if err != nil {
			t.Fatal(err)
		}
		a, secrets := r.Action(journal.Action{}, request)
		if strings.Contains(string(a.Request), "device-token") || len(secrets) != 1 {
			t.Errorf("the journal would hold %s, and answers are cleaned of %q", a.Request, secrets)
		}
	}
}

func TestWithoutTokensKeepsWhatIsElsewhere(t *testing.T) {
	const token = "xoxb-secret"
	rapid.Check(t, func(t *rapid.T) {
		tree := rapid.Custom(func(t *rapid.T) any { return grow(t, 3, token, false) }).Draw(t, "tree")
		body, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := WithoutTokens(body, false)
		if strings.Contains(string(got), token) || !json.Valid(got) {
			t.Fatalf("%s\nbecame %s", body, got)
		}
		if want := strings.ReplaceAll(string(body), token, redacted); string(got) != want {
			t.Fatalf("%s\nbecame %s", body, got)
		}
	})
}

// grow makes JSON whose texts are the token below a channel_data, and nowhere else.
func grow(t *rapid.T, depth int, token string, below bool) any {
	kind := rapid.IntRange(0, 4).Draw(t, "kind")
	switch {
	case kind == 0 && below:
		return token
	case kind == 0:
		return rapid.SampledFrom([]string{"", "plain", `"quoted"`, "channel_data"}).Draw(t, "text")
	case kind == 1 || depth == 0:
		return rapid.SampledFrom([]any{nil, true, 7, -0.5}).Draw(t, "leaf")
	case kind == 2:
		out := make([]any, rapid.IntRange(0, 3).Draw(t, "n"))
		for i := range out {
			out[i] = grow(t, depth-1, token, below)
		}
		return out
	}
	out := map[string]any{}
	for range rapid.IntRange(0, 3).Draw(t, "n") {
		name := rapid.SampledFrom([]string{"a", "b", "channel_data"}).Draw(t, "name")
		out[name] = grow(t, depth-1, token, below || name == "channel_data")
	}
	return out
}
