package tuitest

import (
	"flag"
	"os"
	"path/filepath"
)

var update = flag.Bool("update", false, "write the golden screens anew; look at every difference before committing it")

// Golden compares the screen with testdata/golden/<name>.txt, and its styles
// with <name>.ansi.
func (s *Stage) Golden(name string) *Stage {
	s.t.Helper()
	for extension, have := range map[string]string{".txt": s.Text(), ".ansi": s.Styled()} {
		if path := filepath.Join("testdata", "golden", name+extension); !s.same(path, have+"\n") {
			s.t.Errorf("%s differs; go test -update writes it anew, then look at the difference. It is now:\n%s", path, have)
		}
	}
	return s
}

// same says whether a file holds just this. With -update it is written, and does.
func (s *Stage) same(path, have string) bool {
	s.t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(have), 0o644); err != nil {
			s.t.Fatal(err)
		}
		return true
	}
	want, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatalf("%v; go test -update writes it", err)
	}
	return string(want) == have
}
