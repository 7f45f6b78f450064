package app

import (
	"log/slog"
	"os"
	"testing"
)

func TestHowTheConsoleWasLeftIsKept(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	if recall() != (remembered{}) {
		t.Error("something is remembered at first")
	}
	remembered{NoPreview: true}.keep(slog.New(slog.DiscardHandler))
	if !recall().NoPreview {
		t.Error("that the preview was put away is not remembered")
	}
	if info, err := os.Stat(rememberedFile()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if err := os.WriteFile(rememberedFile(), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if recall() != (remembered{}) {
		t.Error("half a file is remembered")
	}
}
