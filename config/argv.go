package config

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// field is a field of what is selected, {id}, or, written {{id}}, those very characters.
var field = regexp.MustCompile(`\{\{[a-z_]+\}\}|\{[a-z_]+\}`)

// interpreters read a word of theirs as a program: the one behind -c, or the like. Values go to one as words of their
// own, or not at all.
var interpreters = []string{"sh", "bash", "zsh", "dash", "ash", "ksh", "mksh", "fish", "csh", "tcsh", "su", "python", "perl", "ruby", "node", "osascript"}

// rereads are programs that put their words together and have a shell read them.
var rereads = []string{"ssh", "mosh", "watch", "eval", "cmd", "powershell", "pwsh"}

// fieldsIn are the names of the fields in a word.
func fieldsIn(word string) (names []string) {
	for _, m := range field.FindAllString(word, -1) {
		if !strings.HasPrefix(m, "{{") {
			names = append(names, strings.Trim(m, "{}"))
		}
	}
	return names
}

// checkWord says what is wrong with the ith word of a command, "" when nothing is. A value that stands in it must be
// no program, no name of an option, and nothing that a shell reads.
func checkWord(words []string, i int) string {
	if len(fieldsIn(words[i])) == 0 {
		return ""
	}
	before := words[i][:field.FindStringIndex(words[i])[0]]
	switch {
	case i == 0:
		return "names the program by a field: write which program runs"
	case strings.HasPrefix(words[i], "-") && !strings.Contains(before, "="):
		return "would let a value name an option: write --option={field}, or the field as a word of its own"
	}
	first := true
	for at, word := range words[:i] {
		switch program := programOf(word); {
		case slices.Contains(rereads, program):
			return fmt.Sprintf("would be read by a shell, for %s puts its words together for one: run the program itself, or a script of your own", program)
		case slices.Contains(interpreters, program) && isScript(words[at+1:i], first):
			return fmt.Sprintf("would be read as a program by %s: have the program read $1, or what its arguments are called, and write the field as a word behind it", program)
		case slices.Contains(interpreters, program):
			first = false
		}
	}
	return ""
}

// programOf is the name of a program without its folder, version and ending.
func programOf(word string) string {
	return strings.TrimRight(strings.TrimSuffix(filepath.Base(strings.ToLower(word)), ".exe"), "0123456789.")
}

// isScript reports that the word behind these words of an interpreter is its program, or the file of it. A word that is
// called like an interpreter and is not the first of them may be none: it is one with the option alone.
func isScript(before []string, first bool) bool {
	for i, word := range before {
		if strings.HasPrefix(word, "-") && !strings.HasPrefix(word, "--") && strings.ContainsAny(word, "ce") || word == "--command" || word == "--eval" {
			before, first = before[i+1:], true
			break
		}
	}
	return first && !slices.ContainsFunc(before, func(word string) bool { return !strings.HasPrefix(word, "-") })
}

// Fields are the names of the fields that the command uses, each once.
func (c Command) Fields() (names []string) {
	for _, word := range c.Run {
		for _, name := range fieldsIn(word) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// Argv is the program and its arguments with values in the place of fields. Each word stays one argument, whatever a
// value holds, and a value that a program could take for something else than itself is an error.
func (c Command) Argv(values map[string]string) ([]string, error) {
	for _, name := range c.Fields() {
		if complaint := checkValue(values[name]); complaint != "" {
			return nil, fmt.Errorf("the %s %s", spoken(name), complaint)
		}
	}
	argv := make([]string, len(c.Run))
	for i, word := range c.Run {
		argv[i] = field.ReplaceAllStringFunc(word, func(m string) string {
			if strings.HasPrefix(m, "{{") {
				return m[1 : len(m)-1]
			}
			return values[strings.Trim(m, "{}")]
		})
		if names := fieldsIn(word); strings.HasPrefix(argv[i], "-") && !strings.HasPrefix(word, "-") {
			return nil, fmt.Errorf("the %s begins with a hyphen, and %s could take it for an option", spoken(names[0]), c.Run[0])
		}
	}
	return argv, nil
}

// spoken is a field's name in words.
func spoken(name string) string { return strings.ReplaceAll(name, "_", " ") }

// checkValue says why a value goes to no program, "" when it may.
func checkValue(value string) string {
	switch {
	case value == "":
		return "is empty"
	case strings.ContainsFunc(value, unicode.IsControl):
		return "holds control characters"
	}
	return ""
}
