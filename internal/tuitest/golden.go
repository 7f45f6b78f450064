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
	s.golden(name+".txt", s.Text()+"\n")
	s.golden(name+".ansi", s.Styled()+"\n")
	return s
}

func (s *Stage) golden(file, have string) {
	s.t.Helper()
	path := filepath.Join("testdata", "golden", file)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(have), 0o644); err != nil {
			s.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatalf("%v; go test -update writes it", err)
	}
	if string(want) != have {
		s.t.Errorf("%s differs; go test -update writes it anew, then look at the difference. It is now:\n%s", path, have)
	}
}
