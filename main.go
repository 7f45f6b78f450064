// Command knockops is a terminal console, and a set of commands, for operating
// Knock: see who was notified and why, trigger, follow and cancel.
package main

import (
	"os"

	"github.com/knockops/knockops/internal/cli"
)

func main() { os.Exit(cli.Main()) }
