// Command mutation breaks the rules of this program's safety on purpose, one at a time, and wants a
// test to fail for each break. `go run ./internal/mutation` plays all of them, with -n a sample and
// with -id one. No file of the tree is touched: the build reads each break through an overlay.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run plays what the arguments name. It returns 1 where a break survived or cannot be made, 2 for
// arguments that make no sense.
func run(ctx context.Context, args []string, out, words io.Writer) int {
	flags := flag.NewFlagSet("mutation", flag.ContinueOnError)
	flags.SetOutput(words)
	n := flags.Int("n", 0, "how many breaks are played, chosen by the seed; 0 for all")
	seed := flags.Uint64("seed", 1, "chooses the sample")
	id := flags.String("id", "", "the one break that is played")
	within := flags.Duration("within", 0, "no further break is begun after so long; 0 for no bound")
	table := flags.Bool("table", false, "print the table of docs/safety.md and play nothing")
	if flags.Parse(args) != nil || flags.NArg() > 0 {
		return 2
	}
	if *table {
		fmt.Fprint(out, tables())
		return 0
	}
	root, err := moduleRoot()
	if err != nil {
		fmt.Fprintln(words, err)
		return 1
	}
	chosen := choose(*id, *n, *seed)
	if len(chosen) == 0 {
		fmt.Fprintf(words, "there is no break %q\n", *id)
		return 2
	}
	return play(ctx, root, chosen, *within, out)
}

// choose returns the break of an id, a sample, or all.
func choose(id string, n int, seed uint64) []Break {
	all := Breaks()
	if id != "" {
		for _, b := range all {
			if b.ID == id {
				return []Break{b}
			}
		}
		return nil
	}
	if n > 0 && n < len(all) {
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		all = all[:n]
	}
	return all
}

// play plays breaks one after the other.
func play(ctx context.Context, root string, breaks []Break, within time.Duration, out io.Writer) int {
	begun := time.Now()
	played, bad := 0, 0
	for _, b := range breaks {
		if ctx.Err() != nil || within > 0 && time.Since(begun) > within {
			break
		}
		at := time.Now()
		verdict, err := b.play(ctx, root)
		played++
		if err != nil {
			verdict = "NOT PLAYED: " + err.Error()
		}
		if err != nil || verdict == survived {
			bad++
		}
		fmt.Fprintf(out, "%-36s %s (%s)\n", b.ID, verdict, time.Since(at).Round(100*time.Millisecond))
	}
	fmt.Fprintf(out, "%d of %d breaks played, %d killed, %d survived or could not be played, in %s\n",
		played, len(breaks), played-bad, bad, time.Since(begun).Round(time.Second))
	if bad > 0 || ctx.Err() != nil {
		return 1
	}
	return 0
}

// moduleRoot is the directory of go.mod, at or above the working directory.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("there is no go.mod above the working directory: run it inside the repository")
		}
		dir = parent
	}
}
