package webhook

import (
	"strings"
	"testing"
	"time"
)

// What is wrong is refused, never stored, and the receiver stays up. Nothing is said of why a signature is wrong.
func TestForgeries(t *testing.T) {
	const silent = "the signature is missing or wrong\n"
	at := func(off time.Duration) func() string {
		return func() string { return HeaderSignature + ": " + Sign(secret, time.Now().Add(off), []byte(event)) }
	}
	header := func(f func(right string) string) func() string {
		return func() string { return HeaderSignature + ": " + f(Sign(secret, time.Now(), []byte(event))) }
	}
	tests := map[string]struct {
		signature func() string
		body      string // sent; event when empty
		status    int
	}{
		"right":             {at(0), "", 200},
		"changed body":      {at(0), strings.Replace(event, "m1", "m2", 1), 401},
		"other secret":      {func() string { return HeaderSignature + ": " + Sign("other", time.Now(), []byte(event)) }, "", 401},
		"empty secret":      {func() string { return HeaderSignature + ": " + Sign("", time.Now(), []byte(event)) }, "", 401},
		"old":               {at(-6 * time.Minute), "", 401},
		"from the future":   {at(6 * time.Minute), "", 401},
		"missing":           {func() string { return "x: y" }, "", 401},
		"empty":             {func() string { return HeaderSignature + ":" }, "", 401},
		"two headers":       {func() string { return signed(event) + "\r\n" + signed(event) }, "", 401},
		"a wrong one first": {func() string { return HeaderSignature + ": t=1,s=x\r\n" + signed(event) }, "", 401},
		"in another header": {func() string { return strings.Replace(signed(event), "x-knock", "x-knocks", 1) }, "", 401},
		"doubled":           {header(func(s string) string { return s + "," + s }), "", 401},
		"truncated":         {header(func(s string) string { return s[:len(s)-2] }), "", 401},
		"oversized":         {header(func(s string) string { return s + strings.Repeat("A", 8000) }), "", 401},
		"reordered":         {header(func(s string) string { t, sum, _ := strings.Cut(s, ","); return sum + "," + t }), "", 401},
		"not base64":        {header(func(s string) string { return s[:20] + strings.Repeat("%", 44) }), "", 401},
		"seconds":           {header(func(s string) string { return "t=" + s[2:12] + s[15:] }), "", 401},
		"control character": {header(func(s string) string { return s + "\x00" }), "", 400},
		"folded header":     {header(func(s string) string { t, sum, _ := strings.Cut(s, ","); return t + ",\r\n " + sum }), "", 401},
		"enormous header":   {header(func(s string) string { return s + strings.Repeat("A", 64<<10) }), "", 431},
		"no event":          {func() string { return signed("{}") }, "{}", 400},
		"no JSON":           {func() string { return signed("hello") }, "hello", 400},
	}
	store := &memory{}
	inBubble(t, Options{Store: store, Secrets: []string{secret}}, func(b *bed) {
		for name, x := range tests {
			body := x.body
			if body == "" {
				body = event
			}
			status, said := b.send(post(body, x.signature()))
			if status != x.status || status == 401 && said != silent {
				b.Errorf("%s: %d %q, want %d", name, status, said, x.status)
			}
		}
		if kept := store.all(); len(kept) != 1 || !kept[0].Verified {
			b.Errorf("stored %v", kept)
		}
		if s := b.Stats(); s.Refused[BadSignature] == 0 || s.Refused[NotEvent] != 2 || s.Stored != 1 {
			b.Errorf("counted %+v", s)
		}
	})
}

func TestWrongRequests(t *testing.T) {
	line := func(first string, lines ...string) string {
		return strings.Join(append([]string{first, "Host: x"}, lines...), "\r\n") + "\r\n\r\n"
	}
	ct := "Content-Type: application/json"
	inBubble(t, Options{Store: &memory{}, MaxBody: 1000}, func(b *bed) {
		for _, x := range []struct {
			name, raw string
			status    int
			reason    Reason
		}{
			{"another path", line("POST /hook HTTP/1.1"), 404, BadPath},
			{"a longer path", line("POST " + DefaultPath + "/ HTTP/1.1"), 404, BadPath},
			{"GET", line("GET " + DefaultPath + " HTTP/1.1"), 405, BadMethod},
			{"PUT", line("PUT "+DefaultPath+" HTTP/1.1", ct, "Content-Length: 0"), 405, BadMethod},
			{"POST for health", line("POST "+HealthPath+" HTTP/1.1", "Content-Length: 0"), 404, BadPath},
			{"no content type", line("POST "+DefaultPath+" HTTP/1.1", "Content-Length: 2") + "{}", 415, BadType},
			{"a form", line("POST "+DefaultPath+" HTTP/1.1", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 2") + "{}", 415, BadType},
			{"compressed", line("POST "+DefaultPath+" HTTP/1.1", ct, "Content-Encoding: gzip", "Content-Length: 2") + "{}", 415, BadType},
			{"empty", post(""), 400, NotEvent},
			{"100 MB announced", line("POST "+DefaultPath+" HTTP/1.1", ct, "Content-Length: 104857600"), 413, TooLarge},
			{"too large in chunks", line("POST "+DefaultPath+" HTTP/1.1", ct, "Transfer-Encoding: chunked") + "3e9\r\n" + strings.Repeat("x", 1001) + "\r\n0\r\n\r\n", 413, TooLarge},
		} {
			before := b.Stats().Refused[x.reason]
			status, _ := b.send(x.raw)
			if status != x.status || b.Stats().Refused[x.reason] != before+1 {
				b.Errorf("%s: %d, counted %+v, want %d", x.name, status, b.Stats().Refused, x.status)
			}
		}
		if status, said := b.send(line("GET " + HealthPath + " HTTP/1.1")); status != 200 || said != "ok\n" {
			b.Errorf("health: %d %q", status, said)
		}
		if status, _ := b.send(post(event)); status != 200 {
			b.Errorf("after all that: %d", status)
		}
	})
}
