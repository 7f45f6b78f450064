package config

import (
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
)

// Paths returns the configuration file and the directory for what this machine keeps (the journals), both by the XDG
// base directory rules of the platform. KNOCKOPS_CONFIG overrides the file. Neither needs to exist.
func Paths() (config, state string) {
	config = os.Getenv(configVariable)
	if config == "" {
		config = filepath.Join(xdg.ConfigHome, "knockops", "config.yaml")
	}
	return config, filepath.Join(xdg.StateHome, "knockops")
}
