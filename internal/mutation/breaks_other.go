package main

const (
	runnerFile   = "internal/ops/runner/runner.go"
	changeFile   = "internal/ops/runner/change.go"
	consentFile  = "internal/ops/consent/consent.go"
	runnerTests  = "internal/ops/runner."
	consentTests = "internal/ops/consent."
	policy       = consentTests + "TestPolicy"
)

// runnerBreaks are those of a single act.
var runnerBreaks = []Break{
	{"act-unwritten", written, "a single act is sent although the journal refused it", runnerFile,
		"	id, err := r.Journal.Begin(ctx, a)\n	if err != nil {\n		return err\n	}", "	id, _ := r.Journal.Begin(ctx, a)\n	var err error",
		runnerTests + "TestNothingLeavesWhenTheJournalFails"},
	{"outcome-of-an-act-lost", written, "an act whose outcome cannot be written down is called done", runnerFile,
		"err = errors.Join(err, jerr)", "_ = jerr", runnerTests + "TestAnOutcomeThatCannotBeWrittenIsAnError"},
	{"act-written-read-only", readOnly, "an act is written down while the profile is read-only, and leaves once it is armed", runnerFile,
		"	if r.Guard.ReadOnly() {\n", "	if false {\n", runnerTests + "TestNothingLeavesUnwritten"},
	{"lost-act-is-failed", counted, "an act whose answer was lost is written down as failed", runnerFile,
		"	if Uncertain(err) {\n", "	if false {\n", runnerTests + "TestALostAnswerIsUnknown"},
	{"command-without-profile", bound, "a suggested command leaves out the profile, and acts on another environment", "internal/ops/runner/command.go",
		"	if profile != \"\" {\n", "	if profile == \"\" {\n", runnerTests + "TestCommandsNameTheirProfile"},
	{"channel-data-in-the-journal", untrusted, "push tokens and webhook URLs stay in the journal", "internal/ops/runner/redact.go",
		"below = secret || strings.EqualFold(s, \"channel_data\")", "below = secret || s == \"\" && strings.EqualFold(s, \"channel_data\")", runnerTests + "TestWithoutTokens"},
	{"channel-data-by-its-path", untrusted, "tokens that are set on a channel's own path stay in the journal", runnerFile,
		"strings.Contains(request.URL, \"/channel_data/\")", "strings.Contains(request.URL, \"/nowhere/\")", runnerTests + "TestTheBodyOfChannelDataIsRedacted"},
	{"channel-data-in-answers", untrusted, "tokens that Knock's words repeat stay in the journal", "internal/ops/runner/redact.go",
		"			s = strings.ReplaceAll(s, t, redacted)\n", "			_ = strings.ReplaceAll(s, t, redacted)\n", runnerTests + "TestTokensInAnswersAreLeftOut"},
	{"repeats-after-quit", stopped, "a closed session repeats what waits", runnerFile,
		"do(client.BeforeEach(client.Noting(ctx, &answer), r.work.open), id)", "do(client.Noting(ctx, &answer), id)", runnerTests + "TestShutRepeatsNothing"},
	{"begins-after-quit", stopped, "a closed session begins something new", changeFile,
		"	if w.closed {\n		return false\n	}\n", "", runnerTests + "TestDrainWaitsForAnswersAndThenStops"},
	{"quit-stops-nothing", stopped, "a closed session does not stop what gets no answer", changeFile,
		"	for _, x := range r.work.running {\n		x.stop()\n	}\n", "", runnerTests + "TestDrainWaitsForAnswersAndThenStops"},
}

// consentBreaks are those of what an operator is asked.
var consentBreaks = []Break{
	{"protected-without-word", asked, "on a protected profile no word is typed", consentFile, "case f.Protected, f.AtLeast,", "case f.AtLeast,", policy},
	{"unknown-number-without-word", asked, "where nobody knows how many there are no word is typed", consentFile, "case f.Protected, f.AtLeast,", "case f.Protected,", policy},
	{"threshold-without-word", asked, "above the threshold no word is typed", consentFile, ", float64(f.Count)+f.Inflow >= Threshold:", ":", policy},
	{"inflow-not-counted", asked, "what arrives while the question stands is not counted", consentFile, "float64(f.Count)+f.Inflow >=", "float64(f.Count) >=", policy},
	{"everyone-by-yes", asked, "everyone under a key is cancelled for a yes", consentFile, "{act: CancelEveryone, least: Word,", "{act: CancelEveryone, least: YesNo,", policy},
	{"sweep-by-yes", asked, "a sweep begins for a yes", consentFile, "{act: Sweep, least: Word,", "{act: Sweep, least: YesNo,", policy},
	{"stop-by-yes", asked, "a freeze and sweep begins for a yes", consentFile, "{act: Stop, least: Word,", "{act: Stop, least: YesNo,", policy},
	{"every-yes-arms", readOnly, "any yes arms a protected profile", consentFile, "q.Arms = p.arms && f.Protected", "q.Arms = f.Protected", "internal/ops/consent.TestOnlyAStopArms"},
	{"resume-by-yes", asked, "a sweep is resumed for a yes", consentFile, "{act: SweepResume, least: Word,", "{act: SweepResume, least: YesNo,", policy},
	{"reason-not-required", asked, "a protected profile requires no reason", consentFile, "q.Reason = ReasonRequired", "q.Reason = ReasonOffered", policy},
	{"word-of-the-first", asked, "the key of the first of several workflows means all of them", consentFile,
		"case p.wordIs == workflowKey && len(f.Workflows) == 1:", "case p.wordIs == workflowKey && len(f.Workflows) >= 1:", consentTests + "TestWordMeansAllOfIt"},
	{"unknown-act-unasked", asked, "an act that has no policy asks nothing", consentFile, "p := policy{act: act, least: Word,", "p := policy{act: act, least: Nothing,", consentTests + "TestAnUnknownActAsksForAllThereIs"},
}

const (
	whyFile  = "internal/ops/why/facts.go"
	whyTests = "internal/ops/why."
)

// whyBreaks are those of what is said to be proven, and of what it costs.
var whyBreaks = []Break{
	{"unverified-is-proof", counted, "a webhook whose signature nobody checked proves what became of a message", whyFile,
		"return c.mail.hook.Verified && !c.mail.going()", "return !c.mail.going()", whyTests + "TestUnverifiedWebhooksAreLikely"},
	{"old-webhook-is-proof", counted, "a message is said to be under way because its last webhook said so weeks ago", whyFile,
		"return c.mail.hook.Verified && !c.mail.going()", "return c.mail.hook.Verified", whyTests + "TestTheLastWordMayBeOld"},
	{"guess-is-proof", counted, "words in an event that nobody knows prove a cause", "internal/ops/why/causes.go",
		"f.Proven = f.Proven && exact", "f.Proven = f.Proven || exact", whyTests + "TestUnknownWordsAreLikely"},
	{"question-without-bound", limited, "one question asks without end", "internal/ops/why/gather.go",
		"case g.asked == MaxRequests:", "case g.asked < 0:", whyTests + "TestRequestsAreBounded"},
	{"unread-is-sent", counted, "a check calls sent what hangs on preferences that could not be read", "internal/ops/why/checkrecipient.go",
		"		if w.open {\n", "		if false {\n", whyTests + "TestWhatCannotBeReadIsNotCalledSent"},
	{"ended-run-is-sent", counted, "a check calls sent what lies behind a branch that ends the run", "internal/ops/why/checksteps.go",
		"		if b.Terminates {\n", "		if false {\n", whyTests + "TestChecksOfBranchesComeTrue"},
	{"conditional-preference-is-sent", counted, "a check calls sent what hangs on the conditions of a preference", "internal/ops/why/checkrecipient.go",
		"w.against(tenant, step, conditional); setting != \"\"", "w.against(tenant, step, conditional); false", whyTests + "TestChecksOfBranchesComeTrue"},
}

const (
	clientTests = "client."
	doFile      = "client/do.go"
	admitFile   = "client/admit.go"
	guardFile   = "client/guard.go"
	clientFile  = "client/client.go"
	cancelFile  = "client/cancel.go"
	misused     = clientTests + "TestCancellationCannotBeMisused"
	retried     = clientTests + "TestWhatIsRetried"
)

// clientBreaks are those of what leaves this machine at all.
var clientBreaks = []Break{
	{"transport-not-read-only", readOnly, "what waited while the profile was armed is sent once it is not", admitFile,
		"&& c.guard.ReadOnly() {", "&& false {", clientTests + "TestAnArmingThatEndsWhileAConnectionIsMade"},
	{"armed-too-late", readOnly, "what was refused is sent when the profile is armed before its turn", doFile,
		"if x.method != http.MethodGet && c.guard.ReadOnly() {", "if false {", clientTests + "TestArmingDoesNotSendWhatWasRefused"},
	{"disarm-ends-nothing", readOnly, "disarming does not end what waits", admitFile,
		"			end(unsent{ErrReadOnly})\n", "", clientTests + "TestDisarmingEndsWhatWaits"},
	{"arming-never-ends", readOnly, "an arming does not end by itself", guardFile,
		"return monotonic < d && wall < d &&", "return", clientTests + "TestStillArmed"},
	{"arming-ends-by-one-clock", readOnly, "an arming goes on while the machine's clock stands still", guardFile,
		"monotonic < d && wall < d &&", "monotonic < d &&", clientTests + "TestStillArmed"},
	{"armed-while-asleep", readOnly, "a machine that slept is still armed when it wakes", guardFile,
		" && (wall-monotonic).Abs() <= clockSlack", "", clientTests + "TestStillArmed"},
	{"countdown-does-not-end-waits", readOnly, "an arming that ends by itself does not end what waits", guardFile,
		"		g.timer = time.AfterFunc(d, func() { g.ArmedUntil() })\n", "		g.timer = nil\n", clientTests + "TestAnArmingThatEndsByItselfEndsWhatWaits"},
	{"clock-set-back-arms", readOnly, "a clock that is set back arms again", guardFile,
		"		g.armedAt = time.Time{} // for good: a clock set back must not arm again\n", "", clientTests + "TestReadOnlyRefusesEveryMutatingCall"},
	{"empty-cancellation", named, "a cancel that names neither recipients nor everyone is sent", cancelFile,
		" || x.everyone == (len(x.recipients) > 0) {", " {", misused},
	{"cancel-without-a-key", named, "a cancel without a key is sent", cancelFile, "if x.workflow == \"\" || x.key == \"\" ||", "if x.workflow == \"\" ||", misused},
	{"cancel-of-nobody", named, "a cancel names a recipient without an id", cancelFile,
		"if err := r.check(fieldAt(\"recipients\", i)); err != nil {", "if err := r.check(fieldAt(\"recipients\", i)); err != nil && i < 0 {", misused},
	{"recipients-left-out", named, "the recipients of a cancel are not sent, which means everyone", cancelFile,
		"body: cancelBody{x.key, x.recipients}}", "body: cancelBody{x.key, nil}}", clientTests + "TestCancelBodies"},
	{"check-is-not-asked", stopped, "what a caller checks before each attempt is not asked", admitFile,
		"		if err := check(); err != nil {\n			return unsent{err}\n		}", "		_ = check", clientTests + "TestBeforeEachEndsACallBeforeItIsSent"},
	{"check-before-the-dial-alone", stopped, "nothing is checked any more once a connection is being made", "client/transport.go",
		"		o.gate(r)\n", "", clientTests + "TestBeforeEachRunsAgainBehindTheDial"},
	{"close-ends-nothing", stopped, "a closed client sends what waits", admitFile,
		"			end(unsent{ErrClosed})\n", "", clientTests + "TestCloseEndsWhatWaits"},
	{"once-is-not-once", limited, "what is to be sent once is repeated", doFile, " || once(ctx) {", " {", clientTests + "TestOnceIsSentOnce"},
	{"trigger-repeated", limited, "a trigger without an idempotency key is repeated", "client/endpoint.go",
		"\"/v1/workflows/{key}/trigger\", tier5, false}", "\"/v1/workflows/{key}/trigger\", tier5, true}", retried},
	{"schedules-made-twice", limited, "schedules are made again after a lost answer", "client/endpoint.go",
		"{\"create schedules\", public, http.MethodPost, \"/v1/schedules\", tier3, false}", "{\"create schedules\", public, http.MethodPost, \"/v1/schedules\", tier3, true}", retried},
	{"5xx-is-certain", limited, "a call that was answered 5xx is said not to have been carried out", "client/errors.go",
		"err == nil && (a.status >= 500 || a.status/100 == 2)", "err == nil && a.status/100 == 2", retried},
	{"lost-is-certain", limited, "a call whose answer was lost is said not to have been carried out", "client/errors.go",
		"(err != nil && mayHaveLeft(err) ||", "(", retried},
	{"limit-of-one", limited, "what Knock puts off keeps nobody else waiting", doFile, "			limiter.pause(delay)\n", "", clientTests + "TestRefusalPausesTheEndpointForAll"},
	{"asked-pause-uncapped", limited, "a pause that is asked for is waited out however long it is", "client/backoff.go", "return min(asked, maxAsked), true", "return asked, true", clientTests + "TestRetryAfterIsHonoured"},
	{"no-deadline", limited, "an attempt has no deadline", doFile, "ctx, cancel := context.WithTimeout(ctx, c.timeout)", "ctx, cancel := context.WithCancel(ctx)", clientTests + "TestTimeoutOfOneAttempt"},
	{"no-limiter", limited, "nothing is held to Knock's limits", "client/limiter.go", "		ready = max(ready, oldest.at(now).Add(window).Sub(now))\n", "		_ = oldest\n", clientTests + "TestSustainedUseReachesTheTier"},
	{"endless-answers", limited, "an answer is read however long it is", clientFile, ".SetResponseBodyLimit(maxAnswer)", "", clientTests + "TestAnswersAreBounded"},
	{"redirect-followed", untrusted, "a redirect is followed, and the key with it", clientFile, "		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },\n", "", clientTests + "TestRedirectsAreNotFollowed"},
	{"fingerprint-of-nothing", bound, "all keys have one fingerprint", "client/binding.go", "	h.Write([]byte(key.Reveal()))\n", "", clientTests + "TestBinding"},
	{"template-anywhere", bound, "a template is sent to another environment than it was saved in", "internal/ops/template.go",
		"k.Binding != s.Client.Binding().String()", "false", "views/compose.TestATemplateOfAnotherKeyIsNotOpened"},
	{"binding-without-port", bound, "two hosts that differ in their port are one", "client/binding.go", "return name + \":\" + port", "return name", clientTests + "TestBinding"},
}

// secretBreaks are those of keys, secrets and what others write.
var secretBreaks = []Break{
	{"key-over-http", untrusted, "a key is sent in the clear", clientFile, "if key != \"\" && !confidential(u) {", "if false {", clientTests + "TestNewRefuses"},
	{"public-key", untrusted, "a public key is taken", clientFile, "if strings.HasPrefix(key.Reveal(), \"pk_\") {", "if false {", clientTests + "TestNewRefuses"},
	{"secret-printed", untrusted, "a key is printed where it is formatted", "client/secret.go", "io.WriteString(f, s.String())", "io.WriteString(f, string(s))", clientTests + "TestSecretIsNeverPrinted"},
	{"source-url-in-answers", untrusted, "the secret of an ingestion URL is shown where an answer repeats it", "client/scrub.go", "		s = strings.ReplaceAll(s, part, \"…\")\n", "		_ = part\n", clientTests + "TestIngestionURLIsScrubbedFromAnswers"},
	{"source-url-in-sources", untrusted, "the secret of an ingestion URL is shown where a source is", "client/sources.go", "settings[\"endpoint\"] = redacted", "_ = settings", clientTests + "TestAnIngestionURLIsNotShown"},
	{"token-in-a-url", untrusted, "a token in the path of a URL is shown", "client/address.go", "		if tokenLike(part) {", "		if tokenLike(part) && false {", clientTests + "TestShownURL"},
	{"capitals-are-elsewhere", untrusted, "LOCALHOST is taken for another machine, and reached through a proxy", "client/address.go", "strings.EqualFold(host, \"localhost\")", "host == \"localhost\"", clientTests + "TestLoopback"},
	{"control-characters-in-ids", untrusted, "an id may hold control characters", "client/id.go", "case strings.ContainsFunc(id, unicode.IsControl):", "case strings.ContainsFunc(id, unicode.IsControl) && id == \"\":", clientTests + "TestBadIDsAreNotSent"},
}
