package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Flags is what the command line said; empty fields were not given.
type Flags struct {
	Profile    string // --profile
	ConfigPath string // --config
	ReadOnly   bool   // --read-only: makes every profile read-only
}

// Load reads the configuration. The file is optional unless --config or KNOCKOPS_CONFIG names it; what is wrong inside
// is a [*FileError]. With neither a profile in a file nor KNOCK_API_KEY it returns [ErrNotConfigured] along with a
// Config that holds the rest, such as the theme.
//
// Flags go before the environment, and the environment before the file, with one aim on top: a profile's name on the
// screen always tells the truth about where a request goes. A key does not say which environment it belongs to, so:
//
//   - A profile that was named (--profile, KNOCKOPS_PROFILE) is used with its own keys. KNOCK_API_KEY and
//     KNOCK_SERVICE_TOKEN only fill in what it lacks.
//   - Without a name, KNOCK_API_KEY goes before the current profile of the file, but not under that profile's name: it
//     makes a profile of its own, called KNOCK_API_KEY, whose environment is unknown. It talks to the current
//     profile's hosts, is read-only when that one is, and protected when any profile of the file is, for it may be that
//     one's key. Where the current profile has the same key, or none, it stays in use.
//   - Without a file, that profile is called default.
//   - Without a name, KNOCK_SERVICE_TOKEN replaces the current profile's token, unless that profile is protected.
//   - KNOCK_BASE_URL and KNOCK_MANAGEMENT_BASE_URL redirect the current profile, named or not. A protected profile is
//     not redirected: Load fails.
//
// Each of these, when it decides something, leaves a warning that says which source is used.
func Load(flags Flags) (*Config, error) {
	path, _ := Paths()
	chosen := os.Getenv(configVariable) != ""
	if flags.ConfigPath != "" {
		path, chosen = flags.ConfigPath, true
	}
	doc, err := readDocument(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && chosen:
		return nil, fmt.Errorf("there is no configuration file %s: write one with `knockops config init --config %s`", path, path)
	case errors.Is(err, fs.ErrNotExist):
		doc = nil
	case err != nil:
		return nil, err
	}
	return load(path, doc, flags)
}

// load puts together what the document (nil when there is no file), the environment and the flags say.
func load(path string, doc *document, flags Flags) (*Config, error) {
	c := &Config{Path: path, Exists: doc != nil}
	if doc == nil {
		doc = &document{}
	}
	if err := doc.errors(); err != nil {
		return nil, err
	}
	c.positions = doc.positions
	_, c.Warnings = doc.split()

	k, err := layered(map[string]any{"theme": map[string]any{"mode": "auto"}}, doc.values, currentLayer(os.Getenv(profileVariable)), currentLayer(flags.Profile))
	if err != nil {
		return nil, err
	}
	var commands map[string]Command
	if err := errors.Join(k.Unmarshal("theme", &c.Theme), k.Unmarshal("keys", &c.Keys), k.Unmarshal("commands", &commands)); err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	for _, name := range doc.commands {
		command := commands[name]
		command.Name = name
		command.Title = cmp.Or(command.Title, name)
		c.Commands = append(c.Commands, command)
	}
	c.Preset = k.String("key_preset")
	if err := c.readTheme(); err != nil {
		return nil, err
	}
	for _, name := range doc.profiles {
		p, err := doc.profile(name)
		if err != nil {
			return nil, err
		}
		p.Team.within(filepath.Dir(path))
		c.Profiles = append(c.Profiles, p)
	}
	c.warnOfSharedKeys()
	if c.Current = k.String("current"); c.Current == "" && len(c.Profiles) == 1 {
		c.Current = c.Profiles[0].Name
	}
	if err := c.applyEnvironment(doc.current(), flags.Profile != "" || os.Getenv(profileVariable) != ""); err != nil {
		return nil, err
	}
	c.warnOfMisspeltVariables(os.Environ())
	for i := range c.Profiles {
		c.Profiles[i].ReadOnly = c.Profiles[i].ReadOnly || flags.ReadOnly
	}
	switch {
	case len(c.Profiles) == 0 && c.Current != "":
		return c, c.nothingNamed()
	case len(c.Profiles) == 0:
		return c, ErrNotConfigured
	}
	return c, nil
}

// currentLayer is a layer that chooses a profile, or says nothing when name is empty.
func currentLayer(name string) map[string]any {
	if name == "" {
		return nil
	}
	return map[string]any{"current": name}
}
