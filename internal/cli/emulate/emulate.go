// Package emulate holds the commands that stand in for Knock: the emulator and the demo.
package emulate

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/termtext"
)

// Emulator runs a stand-in for Knock.
func Emulator(a *app.App) *cobra.Command {
	var o emulator.Options
	var addr, world, chaos string
	cmd := &cobra.Command{
		Use: "emulator", Short: "Run a stand-in for Knock on this machine, until ctrl+c", Args: cobra.NoArgs,
		Long: "The emulator answers the public and the management API, takes source events and sends webhooks. What it\n" +
			"prints can be read by a shell: `knockops emulator > env &`, and a moment later `set -a; . ./env; set +a`.\n\n" +
			"--chaos is a list of shares, such as 429=5%,500=5%,reset=2%,slow=1%:2s,lost=2%.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if o.Chaos, err = emulator.ParseChaos(chaos); err != nil {
				return exit.Usage("--chaos: %w", err)
			}
			if world != "" {
				if o.World, err = emulator.LoadWorld(world); err != nil {
					return exit.Usage("%w", err)
				}
			}
			o.Log = a.Log
			return emulate(cmd.Context(), a, addr, o)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&addr, "addr", "127.0.0.1:8899", "where to listen; port 0 takes a free one")
	fs.StringVar(&world, "world", "", "a YAML file with the workflows, users and so on that exist (default: the demo's)")
	fs.Uint64Var(&o.Seed, "seed", 1, "decides every id and outcome")
	fs.Float64Var(&o.Speed, "speed", 1, "how many seconds pass in the emulator for each real one")
	fs.StringArrayVar(&o.APIKeys, "api-key", nil, "the secret key to accept, whatever it looks like; can be repeated (default: any that begins with sk_)")
	fs.StringVar(&o.WebhookURL, "webhook", "", "where outbound webhooks go")
	fs.StringVar(&o.WebhookSecret, "webhook-secret", "", "what signs them; others on this machine see it in the list of processes")
	fs.StringVar(&chaos, "chaos", "", "fail a share of the answers")
	fs.DurationVar(&o.Latency, "latency", 0, "delay every answer by so much, such as 200ms")
	fs.BoolVar(&o.NoRateLimit, "no-rate-limit", false, "lift Knock's rate limits")
	fs.StringVar(&o.Runaway, "runaway", "", "trigger this workflow without end")
	fs.BoolVar(&o.Lively, "lively", false, "play the world's traffic, with some hours of it before now")
	return cmd
}

func emulate(ctx context.Context, a *app.App, addr string, o emulator.Options) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("the emulator cannot listen on %s: %w; --addr chooses another place, port 0 a free one", addr, err)
	}
	e, err := emulator.New(o)
	if err != nil {
		_ = l.Close()
		return exit.Usage("%w", err)
	}
	base := "http://" + l.Addr().String()
	for _, v := range [][2]string{
		{"KNOCK_BASE_URL", base}, {"KNOCK_MANAGEMENT_BASE_URL", base},
		{"KNOCK_API_KEY", append(append(o.APIKeys, worldOf(o).APIKeys...), emulator.DemoAPIKey)[0]},
		{"KNOCK_SERVICE_TOKEN", append(worldOf(o).ServiceTokens, emulator.DemoServiceToken)[0]},
	} {
		if _, err := fmt.Fprintf(a.Stdout, "%s=%s\n", v[0], termtext.ShellWord(v[1])); err != nil {
			_ = l.Close()
			return err
		}
	}
	a.Say("the emulator stands for environment %s at %s; ctrl+c ends it", e.Environment(), base)
	started := time.Now()
	if err := e.Serve(ctx, l); err != nil {
		return err
	}
	a.Say("%s", emulatorSummary(e.Stats(), time.Since(started)))
	return nil
}

func worldOf(o emulator.Options) *emulator.World {
	if o.World == nil {
		return emulator.DefaultWorld()
	}
	return o.World
}

func emulatorSummary(s emulator.Stats, took time.Duration) string {
	total := func(counts map[string]int) (n int) {
		for _, c := range counts {
			n += c
		}
		return n
	}
	parts := []string{
		termtext.Plural(s.Requests, "request"), termtext.Plural(total(s.Runs), "run"), termtext.Plural(total(s.Messages), "message"),
		termtext.Plural(s.SourceEvents, "source event"), fmt.Sprintf("%s refused by rate limits", termtext.Count(s.RateLimited)),
	}
	if n := total(s.Chaos); n > 0 {
		parts = append(parts, termtext.Plural(n, "answer")+" spoilt")
	}
	if w := s.Webhooks; w != (emulator.WebhookStats{}) {
		parts = append(parts, fmt.Sprintf("%s delivered, %d failed, %d dropped", termtext.Plural(w.Delivered, "webhook"), w.Failed, w.Dropped))
	}
	return fmt.Sprintf("the emulator ended after %s: %s", took.Round(time.Second), strings.Join(parts, ", "))
}
