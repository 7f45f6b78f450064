package app

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/ui"
)

// remembered is what the console keeps of how it was left.
type remembered struct {
	NoPreview bool            `json:"no_preview,omitempty"`
	Left      map[string]left `json:"left,omitempty"` // by profile
	// Views are those that were saved, by profile.
	Views map[string][]ui.SavedView `json:"views,omitempty"`
}

// left is the page that was open last, and what it was narrowed to.
type left struct {
	Page string    `json:"page"`
	With ui.Params `json:"with,omitempty"`
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

// change keeps what how makes of how the console was left.
func change(log *slog.Logger, how func(*remembered)) {
	r := recall()
	how(&r)
	r.keep(log)
}

// leave keeps which page of a profile was open last.
func leave(log *slog.Logger, profile, page string, with ui.Params) {
	change(log, func(r *remembered) {
		if r.Left == nil {
			r.Left = map[string]left{}
		}
		r.Left[profile] = left{page, with}
	})
}

// resume is the page to open first, when there still is such a page: the one that was left.
func resume(all []ui.Page, profile string) (page string, with ui.Params) {
	was := recall().Left[profile]
	if was.Page == "" {
		return firstView, nil
	}
	if page, err := startPage(all, was.Page); err == nil {
		return page, was.With
	}
	return firstView, nil
}

// keepViews keeps the saved views of a profile.
func keepViews(log *slog.Logger, profile string, views []ui.SavedView) {
	change(log, func(r *remembered) {
		if r.Views == nil {
			r.Views = map[string][]ui.SavedView{}
		}
		r.Views[profile] = views
	})
}
