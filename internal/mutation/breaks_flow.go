package main

const (
	liveFile     = "internal/ops/flows/live.go"
	operatorFile = "internal/ops/flows/operator.go"
	flowTests    = "internal/ops/flows."
)

// flowBreaks are those of flows that are run.
var flowBreaks = []Break{
	{"flow-cancels-everyone", named, "a step of a flow that names nobody cancels everyone without a question of its own", operatorFile,
		" && what.act != consent.CancelEveryone\n", "\n", flowTests + "TestTheAgreementToARunIsNoneForEveryone"},
	{"flow-unasked", asked, "what nobody can be asked for is taken for agreed to", operatorFile,
		"if o.Ask == nil {\n		return runner.Refuse(\"%s was not agreed to: nothing was sent\", p.Title)", "if o.Ask == nil {\n		return nil", flowTests + "TestWhatIsAskedAndRefused"},
	{"flow-outlives-the-session", stopped, "a flow goes on sending after its session was closed", liveFile,
		"	r.stop()\n	r.wait.Wait()", "	r.wait.Wait()", flowTests + "TestRunsEndWithTheSession"},
	{"flow-runs-past-a-breakpoint", stopped, "a flow sends the request that it should pause before", liveFile,
		"return l.breaks[name] || l.stepwise &&", "return l.breaks[name] || false &&", flowTests + "TestBreakpoints"},
	{"flow-shows-a-password", untrusted, "a request with a password in it is shown to be edited", liveFile,
		"if at.Record.Request == nil || string(at.Call.Body) != at.Record.Request.Body {", "if at.Record.Request == nil {", flowTests + "TestAPasswordIsNotShownToBeEdited"},
}
