package main

// Rule is one rule of the program's safety. Numbers are those of the invariants in the design.
type Rule struct {
	Text string
	Kept string // how, and where
}

// The rules, in the order of the table.
var (
	named = Rule{"A cancel names what it cancels; nobody never becomes everyone (1, 14)",
		"`client.Cancellation` can be made in two ways only, and its call refuses the rest; `cancel.Queue.deliveries` sends for everyone only what was queued for everyone; `sweep.Scope.Everyone` decides by the scope, never by what was listed; `cancel.PlanCancel` and `sweep.Scope.reachable` leave out what no request can name"}
	counted = Rule{"204 is not done, and what is said is what is (2, 12)",
		"`cancel.stateAfter` and `cancel.Queue.settle` take an answer for what it is; a run's own status decides (`cancel.job.see`, `sweep.Sweep.judge`, `readOne`); `sweep.Progress.Verdict` calls confirmed only what is; `why.facts.vouched` calls proven only what Knock's last word is"}
	old = Rule{"A cancel is sent for runs of five seconds and more, and covers those alone (2)",
		"`cancel.Request.ready` and `cancel.Queue.Sight` wait; `cancel.ledger.sight` takes what came later for uncovered"}
	bounded = Rule{"Repeats end, and name only who is still pending (8)",
		"`cancel.ledger.sight` counts repeats, `cancel.Queue.given` tries, `cancel.job.again` names the recipient; `cancel.refusesAll` ends what no repeat can help"}
	promised = Rule{"Requests sent are those promised and those counted apart; `--max` bounds what is cancelled (issue 9.2, 9.16)",
		"`cancel.Queue.take` holds the work up beyond the bound; `sweep.Sweeps.Start` refuses a plan above `--max`, `sweep.Sweep.room` holds up a sweep that finds more"}
	scoped = Rule{"What is out of scope is not touched (14)",
		"`sweep.Scope.matcher`, `keyMatcher` and `Glob` match every condition; `separable` says which of them Knock can hold a cancel to"}
	fresh = Rule{"A cancel rests on fresh knowledge at the moment it leaves (14)",
		"`sweep.survey` knows who shares key and recipient with a run out of scope; `sweep.Sweep.refresh` renews it before each batch, `survey.fresh` is asked as a request leaves, `cancel.Queue.withdraw` takes out what may no longer be cancelled"}
	proven = Rule{"Nothing is told by exclusion without two quiet looks and a sample; what began too late to be known is looked for and reported (12, 14)",
		"`sweep.Sweep.verify`, `exclude`, `corroborate`, `readUnseen`, `hit`"}
	written = Rule{"Nothing leaves that is not written down, and what came of it is (7)",
		"`runner.Runner.Do` and `cancel.Queue.begin` write first and send after; `cancel.Queue.account` stops where an outcome cannot be written; commits are synced, and one that fails is an error (`journal`)"}
	bound = Rule{"What can act later acts on one host, with one key, for one profile, as it was written, in one process (13)",
		"`sweep.Sweeps.Resume` compares profile, environment and `client.Binding`; `strictly` refuses what it does not know; `journal.HoldSweep`"}
	readOnly = Rule{"Read-only is enforced in the client, and arming ends (5)",
		"`client.Client.do`, `admit` and `outbound` refuse; `client.Guard` counts down by two clocks; `runner.Runner.Do` writes nothing down; programs of the operator's own are refused by `consent.For`"}
	stopped = Rule{"Pause, abort, disarm and quit also stop what waits to be repeated (13)",
		"`cancel.Control`, `cancel.Queue.may`, `client.BeforeEach`, `client.Client.waiting`, `runner.Runner.Shut`"}
	limited = Rule{"No request without deadline and limiter; nothing is repeated that may happen twice; answers are bounded (8, 10)",
		"`client.Client.do`, `backoff`, `learn`, `limiter`; `client.Once`; `maxAnswer`; `why.read` counts what one question costs"}
	asked = Rule{"Confirms ask for what is at stake (3)",
		"`consent.For`, from the act and a snapshot of its facts"}
	untrusted = Rule{"Keys and secrets appear nowhere, and what comes from outside is not trusted (10)",
		"`client.Secret`, `scrubbed`, `ShownURL`, `CheckID`; `runner.WithoutTokens`, `journal.withoutKeys`; `webhook.Verify`, `webhook.NewSender`, `events.CheckReplay`; `config.Command.Argv` keeps values apart, and `commands.Runs` keys to itself"}
	acknowledged = Rule{"An event is acknowledged when it is on disk, and is on disk once (6)",
		"`webhook.Receiver.take`, `webhook.queue.add`, `journal.AddDeliveries`"}
)

// rules are all of them.
func rules() []Rule {
	return []Rule{named, counted, old, bounded, promised, scoped, fresh, proven, written, bound, readOnly, stopped, limited, asked, untrusted, acknowledged}
}
