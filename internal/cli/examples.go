package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

// examples are how commands are written that do not say so themselves.
var examples = map[string][]string{
	"knockops":                  {"knockops --profile production --view runs", "knockops --read-only"},
	"knockops demo":             {"knockops demo --view runs"},
	"knockops doctor":           {"knockops doctor --profile production"},
	"knockops version":          {"knockops version -o json"},
	"knockops help":             {"knockops help runs list"},
	"knockops emulator":         {"knockops emulator --addr 127.0.0.1:0 --seed 7 --speed 60", "knockops emulator --chaos 429=5%,reset=2% --latency 50ms"},
	"knockops users get":        {"knockops users get user_1 -o json"},
	"knockops users list":       {"knockops users list --limit 0 -o ndjson"},
	"knockops runs list":        {"knockops runs list --workflow invite-reminder --to user_1", "knockops runs list --status all --errors --since 2h"},
	"knockops runs get":         {"knockops runs get 02f85def-de65-43a8-8764-5586d2f0fbab"},
	"knockops runs watch":       {"knockops runs watch --workflow invite-reminder --timeout 10m"},
	"knockops messages list":    {"knockops messages list --to user_1 --status bounced,undelivered --since 3d"},
	"knockops messages get":     {"knockops messages get 2nWvz7PJP8bFJuClyK5UZLvWhWn"},
	"knockops messages content": {"knockops messages content 2nWvz7PJP8bFJuClyK5UZLvWhWn"},
	"knockops messages events":  {"knockops messages events 2nWvz7PJP8bFJuClyK5UZLvWhWn"},
	"knockops messages logs":    {"knockops messages logs 2nWvz7PJP8bFJuClyK5UZLvWhWn"},
	"knockops messages archive": {"knockops messages archive 2nWvz7PJP8bFJuClyK5UZLvWhWn --reason 'sent in error'"},
	"knockops flow list":        {"knockops flow list"},
	"knockops flow show":        {"knockops flow show bounce"},
	"knockops flow check":       {"knockops flow check flows/invite.yml"},
	"knockops flow replay":      {"knockops flow replay", "knockops flow replay 4"},
	"knockops flow new":         {"knockops flow new invite.yml"},
	"knockops flow record":      {"knockops flow record done.yml --last 3"},
	"knockops sources list":     {"knockops sources list"},
	"knockops workflows list":   {"knockops workflows list --environment production"},
	"knockops workflows get":    {"knockops workflows get invite-reminder -o json"},
	"knockops workflows render": {"knockops workflows render invoice-due --to dana --data '{\"amount\": 12.5}'"},
	"knockops workflows open":   {"knockops workflows open invite-reminder --profile production"},
	"knockops workflows freeze": {"knockops workflows freeze invite-reminder --reason 'incident 42'"},
	"knockops workflows thaw":   {"knockops workflows thaw invite-reminder"},
	"knockops schedules list":   {"knockops schedules list weekly-digest"},
	"knockops schedules delete": {"knockops schedules delete weekly-digest --all --reason 'incident 42'"},
	"knockops sweep list":       {"knockops sweep list"},
	"knockops sweep show":       {"knockops sweep show 3"},
	"knockops sweep resume":     {"knockops sweep resume 3"},
	"knockops sweep apply":      {"knockops sweep apply plan.json --dry-run", "knockops sweep apply plan.json --yes --reason 'incident 42'"},
	"knockops events list":      {"knockops events list --to dana --failures --since 1h", `knockops events list --text '"no such mailbox"'`},
	"knockops events show":      {"knockops events show 4711", "knockops events show 4711 --curl"},
	"knockops events tail":      {"knockops events tail --failures", "knockops events tail -o ndjson --after 4711"},
	"knockops events backfill":  {"knockops events backfill --since 2h"},
	"knockops history list":     {"knockops history list --workflow invite-reminder --since 1d"},
	"knockops history show":     {"knockops history show 12"},
	"knockops config init":      {"knockops config init"},
	"knockops config path":      {"knockops config path"},
	"knockops config show":      {"knockops config show --profile production"},
	"knockops config validate":  {"knockops config validate --config ./knockops.yaml"},
	"knockops config edit":      {"knockops config edit"},
	"knockops profiles list":    {"knockops profiles list"},
	"knockops profiles use":     {"knockops profiles use production"},
	"knockops team init":        {"knockops team init --profile production"},
	"knockops team status":      {"knockops team status -o json"},
	"knockops team doctor":      {"knockops team doctor"},
}

// addExamples gives commands their examples.
func addExamples(cmd *cobra.Command) {
	if lines := examples[cmd.CommandPath()]; lines != nil {
		cmd.Example = "  " + strings.Join(lines, "\n  ")
	}
	for _, c := range cmd.Commands() {
		addExamples(c)
	}
}
