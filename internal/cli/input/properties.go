package input

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/cli/exit"
)

// PropertyFlags adds the flags that [Input.Properties] reads.
func PropertyFlags(cmd *cobra.Command, whole *string, set *[]string) {
	cmd.Flags().StringArrayVar(set, "set", nil, "a property, as name=value; may be repeated")
	cmd.Flags().StringVar(whole, "json", "", "properties as a JSON object: itself, @FILE, or - for stdin")
}

// Properties gathers an object from JSON, as --json gives it, and from name=value pairs over it. A
// value is JSON where it parses as JSON, and text otherwise.
func (in *Input) Properties(whole string, set []string) (map[string]any, error) {
	all := map[string]any{}
	b, err := in.JSON("--json", whole)
	if err != nil {
		return nil, err
	}
	if b != nil && decode(b, &all) != nil || all == nil {
		return nil, exit.Usage(`--json must be a JSON object, like {"plan": "pro"}`)
	}
	for _, pair := range set {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, exit.Usage("--set %s: write it as name=value", strconv.Quote(pair))
		}
		var v any
		if client.CheckJSON(name, []byte(value)) != nil || decode([]byte(value), &v) != nil {
			v = value
		}
		all[name] = v
	}
	return all, nil
}

// decode reads JSON and keeps numbers as they are written.
func decode(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode(into)
}
