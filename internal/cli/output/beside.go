package output

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
)

// Beside is an object as Knock has it, with a member of ours beside what Knock sent.
type Beside struct {
	Of   any
	Name string
	More any
}

// MarshalJSON implements [json.Marshaler].
func (b Beside) MarshalJSON() ([]byte, error) {
	of, err := json.Marshal(b.Of)
	more, err2 := json.Marshal(b.More)
	name, err3 := json.Marshal(b.Name)
	if err := errors.Join(err, err2, err3); err != nil {
		return nil, err
	}
	return slices.Concat(bytes.TrimSuffix(of, []byte("}")), []byte(","), name, []byte(":"), more, []byte("}")), nil
}
