package app

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/knockops/knockops/config"
)

// remembered is what the console keeps of how it was left.
type remembered struct {
	NoPreview bool `json:"no_preview,omitempty"`
}

func rememberedFile() string {
	_, state := config.Paths()
	return filepath.Join(state, "console.json")
}

// recall reads how the console was left; as it is at first where that cannot be read.
func recall() (r remembered) {
	b, err := os.ReadFile(rememberedFile())
	if err != nil || json.Unmarshal(b, &r) != nil {
		return remembered{}
	}
	return r
}

// keep writes how the console was left. That it could not be is nothing to stop for.
func (r remembered) keep(log *slog.Logger) {
	b, err := json.Marshal(r)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(rememberedFile()), 0o700)
	}
	if err == nil {
		err = os.WriteFile(rememberedFile(), b, 0o600)
	}
	if err != nil {
		log.Warn("how the console was left is not kept", "error", err)
	}
}
