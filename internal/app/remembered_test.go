package app

import (
	"log/slog"
	"os"
	"reflect"
	"testing"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/ui"
)

func TestHowTheConsoleWasLeftIsKept(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	if !reflect.DeepEqual(recall(), remembered{}) {
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
	if !reflect.DeepEqual(recall(), remembered{}) {
		t.Error("half a file is remembered")
	}
}

func TestTheConsoleOpensWhereItWasLeft(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	all, log := Pages(&ops.Session{}), slog.New(slog.DiscardHandler)
	if page, with := resume(all, "prod"); page != firstView || with != nil {
		t.Errorf("at first: %s, %v", page, with)
	}
	change(log, func(r *remembered) { r.NoPreview = true })
	leave(log, "prod", "runs", ui.Params{"workflow": "welcome"})
	leave(log, "dev", "no such page", nil)
	if page, with := resume(all, "prod"); page != "runs" || with["workflow"] != "welcome" {
		t.Errorf("%s, %v", page, with)
	}
	for _, profile := range []string{"dev", "other"} {
		if page, with := resume(all, profile); page != firstView || with != nil {
			t.Errorf("%s: %s, %v", profile, page, with)
		}
	}
	if !recall().NoPreview {
		t.Error("leaving a page brings the preview back")
	}
}
