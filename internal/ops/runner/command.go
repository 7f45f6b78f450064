package runner

import "github.com/knockops/knockops/internal/termtext"

// Command is a command line of this program that acts where the session does.
func (r *Runner) Command(line string) string { return Bound(line, r.Flags) }

// Bound is a command line of this program with the flags that choose where it acts.
func Bound(line, flags string) string {
	line = "knockops " + line
	if flags != "" {
		line += " " + flags
	}
	return line
}

// ProfileFlags choose a profile on a command line, and an environment that the profile does not name.
func ProfileFlags(profile, environment string) string {
	var flags string
	if profile != "" {
		flags = "--profile " + termtext.ShellWord(profile)
	}
	if environment != "" {
		if flags != "" {
			flags += " "
		}
		flags += "--environment " + termtext.ShellWord(environment)
	}
	return flags
}
