package webhook

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// vectors were made by Node's crypto, after Knock's description: createHmac('sha256', secret).update(t + '.' + body).
// The first one is also what this prints:
//
//	printf '1700000000000.{"a":1}' | openssl dgst -sha256 -hmac whsec_test -binary | base64
var vectors = []struct {
	secret string
	at     int64
	body   string
	header string
}{
	{"whsec_test", 1700000000000, `{"a":1}`, "t=1700000000000,s=MyhOvvJIofRj+BOEv7OTUbhXy0iXxlS4IGEVNvoITx4="},
	{"s3cr3t ü", 1795246988521, `{"type":"message.sent","data":{"name":"Zoë 李"}}`, "t=1795246988521,s=AOscJwVV1208zUKphrJXEf9619b725p5TFWxPwfaaz0="},
	{"k", 1, "", "t=1,s=N8Of+Qyer5i3bxzxo4OZ+kCOkw804EpRedDcZIn+nHg="},
}

func TestSignaturesOfAnotherProgram(t *testing.T) {
	for _, v := range vectors {
		at := time.UnixMilli(v.at)
		if got := Sign(v.secret, at, []byte(v.body)); got != v.header {
			t.Errorf("%s\n got %s\nwant %s", v.body, got, v.header)
		}
		if err := Verify([]string{v.secret}, v.header, []byte(v.body), at, 0); err != nil {
			t.Errorf("%s: %v", v.header, err)
		}
	}
}

func TestAnotherProgramVerifiesOurs(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not here: our signatures are held against its vectors alone")
	}
	const verify = `const c = require('crypto'), [secret, header, body] = process.argv.slice(1)
		const [, t, s] = header.match(/^t=(\d+),s=(.+)$/)
		const mine = c.createHmac('sha256', secret).update(t + '.' + body).digest()
		process.exit(c.timingSafeEqual(mine, Buffer.from(s, 'base64')) ? 0 : 1)`
	at, body := time.Now(), `{"type":"message.sent","data":{"name":"Zoë 李"}}`
	if out, err := exec.Command(node, "-e", verify, "--", "whsec_a", Sign("whsec_a", at, []byte(body)), body).CombinedOutput(); err != nil {
		t.Errorf("node refuses our signature: %v\n%s", err, out)
	}
	if exec.Command(node, "-e", verify, "--", "whsec_b", Sign("whsec_a", at, []byte(body)), body).Run() == nil {
		t.Error("node takes a signature of another secret, so it checks nothing")
	}
}

func TestVerify(t *testing.T) {
	now := time.UnixMilli(1_790_000_000_000)
	body := []byte(`{"type":"message.sent"}`)
	right := Sign("new", now, body)
	digits, sum, _ := strings.Cut(strings.TrimPrefix(right, "t="), ",s=")
	withSum := func(s string) string { return "t=" + digits + ",s=" + s }
	tests := map[string]struct {
		secrets []string
		header  string
		at      time.Duration // the signature's time, from now
		want    error
	}{
		"right":                      {header: right},
		"the old of two secrets":     {secrets: []string{"other", "new"}, header: right},
		"another secret":             {secrets: []string{"old"}, header: right, want: ErrMismatch},
		"no secret":                  {secrets: []string{}, header: right, want: ErrMismatch},
		"an empty secret":            {secrets: []string{""}, header: Sign("", now, body), want: ErrMismatch},
		"another body":               {header: Sign("new", now, []byte(`{"type":"message.read"}`)), want: ErrMismatch},
		"just old enough":            {header: Sign("new", now.Add(-5*time.Minute), body)},
		"too old":                    {header: Sign("new", now.Add(-5*time.Minute-time.Millisecond), body), want: ErrStale},
		"just new enough":            {header: Sign("new", now.Add(5*time.Minute), body)},
		"too new":                    {header: Sign("new", now.Add(5*time.Minute+time.Millisecond), body), want: ErrStale},
		"seconds":                    {header: "t=1790000000,s=" + sum, want: ErrStale},
		"missing":                    {header: "", want: ErrNoSignature},
		"doubled":                    {header: right + "," + right, want: ErrMalformed},
		"time twice":                 {header: "t=" + digits + "," + right, want: ErrMalformed},
		"sum twice":                  {header: right + ",s=" + sum, want: ErrMalformed},
		"reordered":                  {header: "s=" + sum + ",t=" + digits, want: ErrMalformed},
		"truncated":                  {header: right[:len(right)-1], want: ErrMalformed},
		"truncated to a whole block": {header: right[:len(right)-4], want: ErrMalformed},
		"no sum":                     {header: withSum(""), want: ErrMalformed},
		"no time":                    {header: "t=,s=" + sum, want: ErrMalformed},
		"oversized":                  {header: withSum(strings.Repeat("A", 100_000)), want: ErrMalformed},
		"oversized time":             {header: "t=" + strings.Repeat("1", 100_000) + ",s=" + sum, want: ErrMalformed},
		"not base64":                 {header: withSum(strings.Repeat("!", 43) + "="), want: ErrMalformed},
		"base64 for URLs":            {header: withSum(strings.Repeat("_", 43) + "="), want: ErrMalformed},
		"base64 with rubbish bits":   {header: withSum(strings.Repeat("/", 43) + "="), want: ErrMalformed},
		"line breaks in base64":      {header: withSum(strings.Repeat("A", 39) + "\r\n\r\n="), want: ErrMalformed},
		"sign before the time":       {header: "t=+" + digits + ",s=" + sum, want: ErrMalformed},
		"zero before the time":       {header: "t=0" + digits + ",s=" + sum, want: ErrMalformed},
		"time in hex":                {header: "t=0x1A0C4F4,s=" + sum, want: ErrMalformed},
		"space before":               {header: " " + right, want: ErrMalformed},
		"space between":              {header: "t=" + digits + ", s=" + sum, want: ErrMalformed},
		"hex sum":                    {header: withSum(strings.Repeat("ab", 32)), want: ErrMalformed},
		"capitals":                   {header: strings.ToUpper(right[:1]) + right[1:], want: ErrMalformed},
		"header injection":           {header: right + "\r\nx-knock-event: message.sent", want: ErrMalformed},
	}
	for name, x := range tests {
		secrets := x.secrets
		if secrets == nil {
			secrets = []string{"new", "old"}
		}
		if err := Verify(secrets, x.header, body, now, 0); !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", name, err, x.want)
		}
	}
	late := Sign("new", now.Add(-time.Hour), body)
	if err := Verify([]string{"new"}, late, body, now, 2*time.Hour); err != nil {
		t.Errorf("within a tolerance of its own: %v", err)
	}
}

// Only what Sign writes is taken: no other header stands for the same signature.
func FuzzVerify(f *testing.F) {
	for _, v := range vectors {
		f.Add(v.header, v.body)
	}
	f.Add("t=1700000000000,s=MyhOvvJIofRj+BOEv7OTUbhXy0iXxlS4IGEVNvoITx5=", `{"a":1}`)
	f.Add("t=1700000000000,s=MyhOvvJIofRj+BOEv7OTUbhXy0iXxlS4IGEVNvoI\r\n==", `{"a":1}`)
	f.Fuzz(func(t *testing.T, header, body string) {
		for _, v := range vectors {
			at := time.UnixMilli(v.at)
			err := Verify([]string{v.secret}, header, []byte(body), at, 1<<62)
			if err != nil {
				continue
			}
			digits, _, _ := strings.Cut(strings.TrimPrefix(header, "t="), ",")
			ms, err := time.ParseDuration(digits + "ms")
			if err != nil || Sign(v.secret, time.UnixMilli(ms.Milliseconds()), []byte(body)) != header {
				t.Fatalf("took %q", header)
			}
		}
	})
}
