package jsonview

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/itchyny/gojq"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/jsondoc"
)

// What a filter may take: an expression can run for ever and grow without end.
const (
	filterTime    = 2 * time.Second
	filterResults = 10_000
	filterBytes   = 32 << 20
)

// filterMsg is what a filter made of the document.
type filterMsg struct {
	viewer     *Viewer
	generation int
	doc        *jsondoc.Doc
	note       string
	err        error
}

// Filter shows what a jq expression makes of the document; an empty one shows
// the document itself again. When it fails, what was shown stays. Nothing is
// filtered while a large document is being read.
func (v *Viewer) Filter(expr string) tea.Cmd {
	if v.loading > 0 {
		return nil
	}
	v.stop()
	v.generation++
	v.filter, v.filterNote, v.filtering = expr, "", false
	if strings.TrimSpace(expr) == "" {
		v.filter = ""
		v.show(v.source)
		return nil
	}
	if v.source.doc == nil {
		v.filterNote = "this is not JSON"
		return nil
	}
	code, err := compile(expr)
	if err != nil {
		v.filterNote = err.Error()
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), filterTime)
	v.stop = cancel
	v.filtering = true
	msg := filterMsg{viewer: v, generation: v.generation}
	data := v.source.doc.Data
	return func() tea.Msg {
		defer cancel()
		msg.doc, msg.note, msg.err = run(ctx, code, data)
		return msg
	}
}

func compile(expr string) (*gojq.Code, error) {
	query, err := gojq.Parse(expr)
	if err != nil {
		return nil, err
	}
	return gojq.Compile(query)
}

// run applies a filter to every value of data. The note says what was left out.
func run(ctx context.Context, code *gojq.Code, data []byte) (doc *jsondoc.Doc, note string, err error) {
	var out bytes.Buffer
	results := 0
	in := json.NewDecoder(bytes.NewReader(data))
	in.UseNumber()
	for note == "" {
		var value any
		if err := in.Decode(&value); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, "", err
		}
		for iter := code.RunWithContext(ctx, value); note == ""; {
			result, ok := iter.Next()
			if !ok {
				break
			}
			if err, ok := result.(error); ok {
				return nil, "", reason(err)
			}
			line, err := gojq.Marshal(result)
			if err != nil {
				return nil, "", err
			}
			results++
			out.Write(line)
			out.WriteByte('\n')
			if results == filterResults || out.Len() >= filterBytes {
				note = fmt.Sprintf("the first %s, there may be more", termtext.Plural(results, "result"))
			}
		}
	}
	doc, bad := jsondoc.ParseStream(out.Bytes())
	if bad != nil {
		return nil, "", bad
	}
	return doc, note, nil
}

func reason(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stopped: it took more than %v", filterTime)
	}
	return err
}

func (v *Viewer) filtered(msg filterMsg) {
	v.filtering = false
	if msg.err != nil {
		v.filterNote = msg.err.Error()
		return
	}
	v.show(source{doc: msg.doc})
	v.filterNote = msg.note
}
