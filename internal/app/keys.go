package app

import (
	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
)

// ConsoleProblems are what the console would say of the key overrides and of commands.
func ConsoleProblems(cfg *config.Config) []keymap.Problem {
	keys := keymap.New()
	s := &ops.Session{Requests: &ops.RequestLog{}}
	pages := Pages(s)
	ui.Register(keys, pages)
	if err := keys.Preset(cfg.Preset); err != nil {
		return []keymap.Problem{{Text: err.Error()}}
	}
	return append(overrideKeys(keys, cfg), addCommands(s, cfg, pages, keys)...)
}

// overrideKeys applies the configuration's keys; what is wrong with one leaves
// its action as it was.
func overrideKeys(keys *keymap.Registry, cfg *config.Config) []keymap.Problem {
	where := map[string]string{}
	for action := range cfg.Keys {
		where[action] = cfg.KeyPos(action).String()
	}
	return keys.Override(cfg.Keys, where)
}
