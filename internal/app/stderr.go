package app

import (
	"log"
	"log/slog"
	"os"
	"strings"
)

// redirectStderr sends what anything in this program writes to standard error
// or to the standard logger to the debug log instead: on the console's screen it
// would tear the page. restore undoes that. The runtime's own last words, when
// it cannot go on, still reach the terminal.
func redirectStderr(to *slog.Logger) (restore func()) {
	r, w, err := os.Pipe()
	if err != nil {
		return func() {} // a torn line is the lesser evil
	}
	stderr, logged := os.Stderr, log.Writer()
	os.Stderr = w
	log.SetOutput(w)
	done := make(chan struct{})
	go func() {
		defer close(done)
		chunk := make([]byte, 16<<10)
		for {
			n, err := r.Read(chunk)
			if said := strings.TrimSpace(string(chunk[:n])); said != "" {
				to.Debug("standard error", "text", said)
			}
			if err != nil {
				return
			}
		}
	}()
	return func() {
		os.Stderr = stderr
		log.SetOutput(logged)
		_ = w.Close()
		<-done
		_ = r.Close()
	}
}
