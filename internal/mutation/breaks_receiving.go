package main

const (
	journalTests  = "internal/journal."
	webhookTests  = "internal/webhook."
	actionFile    = "internal/journal/action.go"
	journalFile   = "internal/journal/journal.go"
	handlerFile   = "internal/webhook/handler.go"
	signFile      = "internal/webhook/signature.go"
	forwardFile   = "internal/webhook/forward.go"
	failedCommit  = journalTests + "TestAFailedCommitIsAnError"
	streamAnswers = "internal/team.TestStreamIsAnsweredWhenItsServersAgreed"
	keysStayOut   = journalTests + "TestKeysStayOut"
	verify        = webhookTests + "TestVerify"
	forgeries     = webhookTests + "TestForgeries"
)

// journalBreaks are those of what is written down.
var journalBreaks = []Break{
	{"commits-unsynced", written, "a commit returns before it is on disk", journalFile, "\"synchronous(full)\"", "\"synchronous(normal)\"", journalTests + "TestCommitsAreSynced"},
	{"failed-commit-of-events", acknowledged, "an event whose commit failed is acknowledged", "internal/journal/event.go", "return fresh, tx.Commit()", "_ = tx.Commit()\n	return fresh, nil", failedCommit},
	{"failed-commit-of-actions", written, "actions whose commit failed are taken for written", "internal/journal/sweep.go", "	return j.explain(\"writing to\", tx.Commit())", "	_ = tx.Commit()\n	return nil", failedCommit},
	{"failed-commit-of-notes", written, "notes whose commit failed are taken for written", actionFile, "notes ...Note) error {\n", "notes ...Note) (err error) {\n	defer func() { err = nil }()\n", failedCommit},
	{"begin-ignores-its-error", written, "an action that could not be written is taken for written", actionFile, "	if err != nil {\n		return 0, j.explain(\"writing to\", err)\n	}\n	return id, nil", "	_ = err\n	return id, nil", failedCommit},
	{"step-ignores-its-error", written, "the step of a sweep that could not be written is taken for written", "internal/journal/sweep.go", "s.Phase, withoutKeys(s.Text), string(s.Progress))\n	return j.explain(\"writing to\", err)", "s.Phase, withoutKeys(s.Text), string(s.Progress))\n	_ = err\n	return nil", failedCommit},
	{"cut-off-with-its-caller", written, "what came of a request is not written when its caller gave up", actionFile, "finish(context.WithoutCancel(ctx), j.inLine()", "finish(ctx, j.inLine()", journalTests + "TestCancelledCalls"},
	{"key-as-a-key", untrusted, "a secret pasted as a cancellation key stays in the journal", actionFile, "withoutKeys(a.Key)", "a.Key", keysStayOut},
	{"key-as-a-reason", untrusted, "a secret pasted as a reason stays in the journal", actionFile, "withoutKeys(a.Reason)", "a.Reason", keysStayOut},
	{"key-in-a-request", untrusted, "a secret in a request's body stays in the journal", actionFile, "withoutKeys(string(a.Request))", "string(a.Request)", keysStayOut},
	{"key-in-an-outcome", untrusted, "a secret in Knock's words stays in the journal", actionFile, "withoutKeys(o.Text)", "o.Text", keysStayOut},
	{"journal-for-all-to-read", untrusted, "others on this machine can read the journal", journalFile, "return f.Chmod(0o600)", "return nil", journalTests + "TestOnlyTheOwnerReadsIt"},
	{"held-twice", bound, "two processes hold one sweep", "internal/journal/hold.go", "case h.Live():", "case h.Live() && id < 0:", journalTests + "TestASweepIsHeldOnce"},
	{"held-for-ever", bound, "a process that is gone holds its sweep for ever", "internal/journal/hold.go", "h.process == \"\" || time.Since(h.Seen) >= HoldFor", "h.process == \"\"", journalTests + "TestASweepIsHeldOnce"},
	{"repeats-stored-again", acknowledged, "an event that comes again is counted as new", "internal/journal/event.go", "if id > last-inserted && !seen[id] {", "if id > 0 {", journalTests + "TestRepeatsAreCounted"},
}

// webhookBreaks are those of what is received and sent on.
var webhookBreaks = []Break{
	{"signature-not-checked", untrusted, "a webhook is taken whatever its signature", handlerFile, "	if len(r.options.Secrets) > 0 {\n		if err", "	if false {\n		if err", forgeries},
	{"any-sum-matches", untrusted, "any sum is a signature", signFile, "hmac.Equal(sum, digest(secret, t, body))", "(len(sum) > 0 || hmac.Equal(sum, digest(secret, t, body)))", verify},
	{"empty-secret-signs", untrusted, "an empty secret gives a signature", signFile, "if secret != \"\" && hmac", "if hmac", verify},
	{"old-signature-taken", untrusted, "a webhook that somebody kept is taken again later", signFile, "off.Abs() > tolerance {", "false && off > 0 {", verify},
	{"body-not-signed", untrusted, "a signature does not cover the body", signFile, "	mac.Write(body)\n", "", webhookTests + "TestSignaturesOfAnotherProgram"},
	{"two-signatures", untrusted, "the first of several signatures counts", handlerFile, "	case 1:\n", "	default:\n", forgeries},
	{"unverified-is-verified", untrusted, "what nobody could check counts as verified", handlerFile, "d.Verified = len(r.options.Secrets) > 0", "d.Verified = true", webhookTests + "TestUnverifiedWithoutASecret"},
	{"body-without-bound", untrusted, "a body is read however long it is", handlerFile, "if req.ContentLength > r.options.MaxBody {", "if false {", webhookTests + "TestWrongRequests"},
	{"chunks-without-bound", untrusted, "a body that does not say how long it is has no bound", handlerFile, "err == nil && int64(len(body)) > r.options.MaxBody", "false", webhookTests + "TestWrongRequests"},
	{"acknowledged-unstored", acknowledged, "a webhook that could not be stored is acknowledged", handlerFile, "	if _, err := r.queue.add(&d); err != nil {", "	if _, err := r.queue.add(&d); false {", webhookTests + "TestWhatCannotBeStoredIsSentBack"},
	{"acknowledged-too-early", acknowledged, "a webhook is acknowledged before it is stored", "internal/webhook/queue.go", "	<-w.done\n	return w.fresh, w.err", "	return false, nil", webhookTests + "TestAcknowledgedWhenStored"},
	{"store-error-lost", acknowledged, "that a batch could not be stored is not told to those who wait", handlerFile, "		w.err = err\n", "		_ = w\n", webhookTests + "TestWhatCannotBeStoredIsSentBack"},
	{"forwards-redirects", untrusted, "an event is forwarded to where a target redirects it", forwardFile, "		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },\n", "", webhookTests + "TestForwardingFollowsNoRedirect"},
	{"targets-answer-without-bound", untrusted, "the answer of a target is read however long it is", forwardFile, "io.ReadAll(io.LimitReader(res.Body, shownResponse))", "io.ReadAll(res.Body)", webhookTests + "TestAnswersOfTargetsAreBounded"},
	{"forwards-credentials", untrusted, "cookies and authorization of one connection are sent on to another", forwardFile, "\"Proxy-Authorization\", \"Authorization\", \"Cookie\",", "\"Proxy-Authorization\",", webhookTests + "TestForwardedInOrder"},
	{"target-url-in-errors", untrusted, "an error shows the URL of a target, and what is secret in it", forwardFile, "	if u, ok := err.(*url.Error); ok {\n		return u.Err\n	}\n", "", webhookTests + "TestPostKeepsURLsBack"},
	{"idle-connections-starve", limited, "idle connections keep new ones waiting", "internal/webhook/room.go", "		if len(r.idle) == 0 {", "		if true {", webhookTests + "TestIdleConnectionsMakeRoom"},
}

// teamBreaks are those of what several machines share.
var teamBreaks = []Break{
	{"answered-before-the-stream", acknowledged, "a webhook is acknowledged before the team's stream has it", "internal/team/publish.go", "		ack, err := t.agreed(ctx, f, news)\n", "		_, _, ack, err := f, news, &jetstream.PubAck{}, error(nil)\n", streamAnswers},
	{"stream-not-checked", acknowledged, "a webhook is acknowledged on the word of a stream that is not durable", "internal/team/publish.go", "	if err := s.rely(ctx); err != nil {\n		return nil, err\n	}\n", "", "internal/team.TestOnlyADurableStreamIsReliedUpon"},
	{"both-without-the-stream", acknowledged, "a webhook that is to be in both places is acknowledged when it is on this disk", "internal/team/stores.go", "return fresh, b.relay.Await(ctx, last)", "return fresh, b.relay.Await(ctx, last*0)", "internal/team.TestBothIsOnThisDiskAndInTheStream"},
	{"outbox-forgets", acknowledged, "what was not relayed when the program ended is forgotten", "internal/journal/team.go", "SET relayed = coalesce(relayed, excluded.relayed)", "SET relayed = excluded.relayed", "internal/team.TestTheJournalIsAnOutbox"},
	{"relayed-past-a-failure", acknowledged, "a relay goes on behind an event that the stream did not take", "internal/team/relay.go", "			return true, err\n		}\n	}\n	if err := r.omit", "			_ = err\n		}\n	}\n	if err := r.omit", "internal/team.TestTheJournalIsAnOutbox"},
	{"environments-share-a-name", bound, "two environments share a stream", "internal/team/names.go", "fmt.Fprintf(&b, \"_%02X\", c)", "b.WriteByte('_')", "internal/team.TestNamesOfEnvironmentsNeverMeet"},
	{"anothers-stream", bound, "a stream that says it is of another environment is taken", "internal/team/streams.go", "if have.Metadata[key] != want[key] {", "if false {", "internal/team.TestAnothersStreamIsNotTaken"},
	{"team-echo", acknowledged, "what came from a team's stream is sent there again", "internal/journal/team.go", " AND NOT EXISTS (SELECT 1 FROM team_events WHERE event_id = events.id)", "", "internal/team.TestAConsoleCatchesUp"},
	{"seed-in-an-error", untrusted, "an error shows the seed of an nkey", "internal/team/team.go", "is not the seed of one, which begins with SU\", source)", "is not the seed of one, which begins with SU\", seed)", "internal/team.TestCommands"},
}

// eventBreaks are those of acts beside the cancel engine, and of the program's end.
var eventBreaks = []Break{
	{"replay-over-http", untrusted, "an event is replayed to another machine in the clear", "internal/ops/events/replay.go", "case u.Scheme == \"http\" && !client.Loopback(u.Hostname()):", "case u.Scheme == \"ftp\" && !client.Loopback(u.Hostname()):", "internal/ops/events.TestReplayOverPlainHTTPStaysHere"},
	{"replay-unchecked", untrusted, "a replay does not check where it goes", "internal/ops/events/replay.go", "	if err := CheckReplay(to); err != nil {\n		return Replayed{}, err\n	}\n", "", "internal/ops/events.TestReplayOverPlainHTTPStaysHere"},
	{"replay-with-an-old-signature", untrusted, "a replayed event carries two signatures", "internal/ops/events/replay.go", "	header = slices.DeleteFunc(header, func(h webhook.Header) bool { return strings.EqualFold(h.Name, webhook.HeaderSignature) })\n", "", "internal/ops/events.TestReplayGoesWithAFreshSignature"},
	{"trigger-without-idempotency", limited, "a trigger goes out without an idempotency key", "internal/ops/act.go", "t.IdempotencyKey = uuid.NewString()", "t.IdempotencyKey = uuid.NewString()[:0]", "internal/ops.TestEveryTriggerHasAnIdempotencyKey"},
	{"idempotency-key-not-kept", written, "the idempotency key of a trigger is not written down", "internal/ops/act.go", ", IdempotencyKey: t.IdempotencyKey}", "}", "internal/ops.TestEveryTriggerHasAnIdempotencyKey"},
	{"sigterm-ignored", stopped, "SIGTERM does not end the program", "internal/cli/root.go", "os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)", "os.Interrupt, syscall.SIGHUP)\n	signal.Ignore(syscall.SIGTERM)", "internal/cli.TestSignalsRestoreTheTerminal"},
}
