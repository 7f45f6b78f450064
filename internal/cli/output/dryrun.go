package output

import (
	"encoding/json"
	"fmt"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
)

// dryRequest is a request that was not sent. The key is not part of it.
type dryRequest struct {
	Method  string              `json:"method"`
	URL     string              `json:"url"`
	Headers map[string][]string `json:"headers"`
	Body    json.RawMessage     `json:"body"`
	Curl    string              `json:"curl"`
}

// DryRun prints requests as they would be sent.
func (p *Printer) DryRun(r client.Request, err error) error {
	if err != nil {
		return err
	}
	p.Say("dry run: nothing was sent")
	d := dryRequest{r.Method, r.URL, r.Header, r.Body, r.Curl()}
	if p.Format != Table {
		return p.Object(d)
	}
	_, err = fmt.Fprintf(p.Stdout, "%s %s\n%s\n\n%s\n", d.Method, termtext.Clean(d.URL), termtext.CleanLines(ops.Preview(r)), termtext.CleanLines(d.Curl))
	return err
}
