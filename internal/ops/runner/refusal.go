package runner

import "fmt"

// Refusal is a guard's word that something is not done. Nothing was sent that would change
// anything.
type Refusal struct{ why string }

func (r *Refusal) Error() string { return r.why }

// Refuse makes a [Refusal].
func Refuse(format string, args ...any) error { return &Refusal{fmt.Sprintf(format, args...)} }
