package config

import (
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Command is a program of the operator's own that the console runs by a key.
type Command struct {
	Name  string   `koanf:"-"`     // its action in the console is command.NAME
	Key   string   `koanf:"key"`   // "" for the palette alone
	Page  string   `koanf:"page"`  // the page that it works on, or global
	Title string   `koanf:"title"` // Name where none is written
	Run   []string `koanf:"run"`   // the program and its arguments, which may hold {fields} of what is selected

	Prompt    string `koanf:"prompt"`     // what the operator is asked for, which is the field input; "" for nothing
	Confirm   bool   `koanf:"confirm"`    // it is asked before
	ReadsOnly bool   `koanf:"reads_only"` // it changes nothing, and so runs while the profile is read-only
	Protected bool   `koanf:"protected"`  // it may run on protected profiles
	PassKeys  bool   `koanf:"pass_keys"`  // the profile's keys are in its environment
}

// Input is the field that the operator is asked for.
const Input = "input"

var commandNames = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,23}$`)

var commandSchema = mapping(map[string]reader{
	"key": text(nil), "page": text(nil), "title": text(nil), "run": commandWords, "prompt": text(nil),
	"confirm": boolean, "reads_only": boolean, "protected": boolean, "pass_keys": boolean,
}, "page", "run")

func commandName(s string) string {
	if !commandNames.MatchString(s) {
		return "cannot name a command: use at most 24 small letters, digits and hyphens"
	}
	return ""
}

// commandWords reads a program and its arguments, each as it is written: no shell takes them apart.
func commandWords(c *checker, at string, n *yaml.Node) any {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		return c.fail(n, at, "is %s, where a list of words belongs: [program, argument, …]", kindOf(n))
	}
	words, ok := make([]string, len(n.Content)), true
	for i, item := range n.Content {
		switch {
		case item.Kind == yaml.MappingNode:
			c.fail(item, at, "has a mapping in it: write a field in quotes, \"{id}\"")
			ok = false
		case item.Kind != yaml.ScalarNode || isNull(item):
			c.fail(item, at, "has %s in it, where a word belongs", kindOf(item))
			ok = false
		}
		words[i] = item.Value
	}
	if ok && words[0] == "" {
		return c.fail(n, at, "names no program")
	}
	out := make([]any, len(words))
	for i, item := range n.Content {
		if complaint := checkWord(words, i); ok && complaint != "" {
			c.fail(item, at, "%q %s", item.Value, complaint)
		}
		c.positions[at+"."+strconv.Itoa(i)] = c.position(item)
		out[i] = words[i]
	}
	return out
}

// CommandPos returns where the file sets something of a command: key, page, or a word of run that holds a field.
func (c *Config) CommandPos(command Command, setting string) Position {
	at := "commands." + command.Name + "."
	for i, word := range command.Run {
		for _, name := range fieldsIn(word) {
			if "{"+name+"}" == setting {
				return c.positions[at+"run."+strconv.Itoa(i)]
			}
		}
	}
	return c.positions[at+setting]
}

// KeyVariables are the environment variables that hold keys, of whichever profile.
func (c *Config) KeyVariables() []string {
	names := []string{apiKeyVariable, serviceTokenVariable}
	for _, p := range c.Profiles {
		for _, k := range p.secrets() {
			if k.env != "" {
				names = append(names, k.env)
			}
		}
	}
	return names
}
