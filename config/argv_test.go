package config

import (
	"slices"
	"strings"
	"testing"
)

// Values stand in words of their own: what a file has a shell, or the like, read is refused.
func TestWordsThatWouldBeRead(t *testing.T) {
	for line, want := range map[string]string{
		`crm show {id} --user={id}`:           "",
		`{id} show`:                           "names the program by a field",
		`crm {{id}} -x`:                       "",
		`crm -u{id}`:                          "name an option",
		`crm --{id}=1`:                        "name an option",
		`crm -- -{id}`:                        "name an option",
		`sh -c {id}`:                          "read as a program by sh",
		`sh -c echo_{id}`:                     "read as a program by sh",
		`/bin/bash -o pipefail -ec echo_{id}`: "read as a program by bash",
		`sudo -n sh -c echo_{id}`:             "read as a program by sh",
		`python3.12 -c print({id})`:           "read as a program by python",
		`sh {id}`:                             "read as a program by sh",
		`python wrap.py sh -c {id}`:           "read as a program by",
		`ssh host show {id}`:                  "read by a shell",
		`CMD.EXE /c echo {id}`:                "read by a shell",
		`sh -c echo_$1 sh {id}`:               "",
		`sh script.sh {id}`:                   "",
		`python -c import_sys;print(sys.argv[1]) {id}`: "",
	} {
		words, got := strings.Fields(line), ""
		for i := range words {
			got += checkWord(words, i)
		}
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}

// Whatever a value holds, it is the one argument that it stands in, or the program does not run.
func TestArgvKeepsValuesApart(t *testing.T) {
	run := []string{"crm", "show", "{id}", "--of={id}", "{{id}}", "a{id}b{name}"}
	for id, want := range map[string]string{
		"user_1":                "",
		`a b; rm -rf "$HOME" &`: "",
		"{name}":                "",
		"$(id)`id`":             "",
		"-rf":                   "the id begins with a hyphen, and crm could take it for an option",
		"--help":                "the id begins with a hyphen",
		"":                      "the id is empty",
		"a\nb":                  "the id holds control characters",
		"\x1b[31mred":           "the id holds control characters",
		"a\x00b":                "the id holds control characters",
	} {
		argv, err := Command{Run: run}.Argv(map[string]string{"id": id, "name": "n"})
		if want != "" {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: %q, %v, want %s", id, argv, err, want)
			}
			continue
		}
		if exact := []string{"crm", "show", id, "--of=" + id, "{id}", "a" + id + "bn"}; err != nil || !slices.Equal(argv, exact) {
			t.Errorf("%q: %q, %v, want %q", id, argv, err, exact)
		}
	}
}
