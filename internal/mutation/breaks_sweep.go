package main

const (
	scopeFile   = "internal/ops/sweep/scope.go"
	matchFile   = "internal/ops/sweep/match.go"
	freshFile   = "internal/ops/sweep/fresh.go"
	lookFile    = "internal/ops/sweep/look.go"
	sweepsFile  = "internal/ops/sweep/sweeps.go"
	proveFile   = "internal/ops/sweep/prove.go"
	planFile    = "internal/ops/sweep/plan.go"
	courseFile  = "internal/ops/sweep/course.go"
	wordsFile   = "internal/ops/sweep/words.go"
	resumeFile  = "internal/ops/sweep/resume.go"
	sweepTests  = "internal/ops/sweep."
	separable   = sweepTests + "TestWhatKnockCanHoldACancelTo"
	matched     = sweepTests + "TestEveryConditionIsMatched"
	inseparable = " is taken for one that Knock can hold a cancel to"
	ignored     = " is not matched at all"
)

// scopeBreaks are those of what is in scope.
var scopeBreaks = []Break{
	{"tenant-separable", fresh, "a scope by tenant" + inseparable, scopeFile, "return s.Tenant == \"\" && s.Actor", "return s.Actor", separable},
	{"actor-separable", fresh, "a scope by actor" + inseparable, scopeFile, "s.Actor == nil && s.Since", "s.Since", separable},
	{"since-separable", fresh, "a scope by its beginning" + inseparable, scopeFile, "s.Since.IsZero() && s.Until.IsZero() &&\n", "s.Until.IsZero() &&\n", separable},
	{"until-separable", fresh, "a scope by its end" + inseparable, scopeFile, "s.Since.IsZero() && s.Until.IsZero() &&\n", "s.Since.IsZero() &&\n", separable},
	{"sources-separable", fresh, "a scope by source" + inseparable, scopeFile, "len(s.Sources) == 0 && !s.Errors", "!s.Errors", separable},
	{"errors-separable", fresh, "a scope by errors" + inseparable, scopeFile, "!s.Errors && len(s.Where)", "len(s.Where)", separable},
	{"where-separable", fresh, "a scope by a field of the run" + inseparable, scopeFile, "len(s.Where) == 0 && len(s.Runs)", "len(s.Runs)", separable},
	{"runs-separable", fresh, "a scope of listed runs" + inseparable, scopeFile, " && len(s.Runs) == 0\n}", "\n}", separable},
	{"recipients-become-everyone", named, "a scope that names recipients cancels for everyone", scopeFile,
		"{ return s.separable() && len(s.Recipients) == 0 }", "{ return s.separable() }", separable},
	{"narrow-becomes-everyone", named, "a scope that only our reading narrows cancels for everyone", scopeFile,
		"{ return s.separable() && len(s.Recipients) == 0 }", "{ return len(s.Recipients) == 0 }", separable},
	{"unnamed-recipient-in-scope", named, "a scope may name a recipient without an id", scopeFile,
		"		if r.ID == \"\" {\n			return runner", "		if r.ID == \"\\x00\" {\n			return runner", sweepTests + "TestScopesThatAreRefused"},
	{"no-keys-is-all-keys", scoped, "an empty list of keys means every key", scopeFile,
		"if s.Keys != nil && len(s.Keys) == 0 {", "if false {", sweepTests + "TestScopesThatAreRefused"},
	{"no-runs-is-all-runs", scoped, "an empty list of runs means every run", scopeFile,
		"if s.Runs != nil && len(s.Runs) == 0 {", "if false {", sweepTests + "TestScopesThatAreRefused"},
	{"unknown-source-taken", scoped, "a source that Knock does not have is taken for a scope", scopeFile,
		"if !slices.Contains(SourceTypes, source) {", "if slices.Contains(SourceTypes, \"\") {", sweepTests + "TestScopesThatAreRefused"},
	{"backward-time-taken", scoped, "a scope may end before it begins", scopeFile,
		"s.Until.Before(s.Since) {", "false {", sweepTests + "TestScopesThatAreRefused"},
	{"workflow-not-matched", scoped, "the workflow" + ignored, matchFile, "return r.Workflow == s.Workflow &&", "return true &&", matched},
	{"runs-not-matched", scoped, "the list of runs" + ignored, matchFile, "(len(runs) == 0 || runs[r.ID]) &&", "(len(runs) >= 0 || runs[r.ID]) &&", matched},
	{"recipients-not-matched", scoped, "the recipient" + ignored, matchFile, "(len(recipients) == 0 || recipients[r.Recipient]) &&", "(len(recipients) >= 0 || recipients[r.Recipient]) &&", matched},
	{"tenant-not-matched", scoped, "the tenant" + ignored, matchFile, "(s.Tenant == \"\" || r.Tenant == s.Tenant) &&", "true &&", matched},
	{"actor-not-matched", scoped, "the actor" + ignored, matchFile, "(s.Actor == nil || r.Actor != nil && *r.Actor == *s.Actor) &&", "true &&", matched},
	{"since-not-matched", scoped, "the scope's beginning" + ignored, matchFile, "(s.Since.IsZero() || !r.InsertedAt.Before(s.Since)) &&", "true &&", matched},
	{"until-not-matched", scoped, "the scope's end" + ignored, matchFile, "(s.Until.IsZero() || !r.InsertedAt.After(s.Until)) &&", "true &&", matched},
	{"sources-not-matched", scoped, "the source" + ignored, matchFile, "(len(s.Sources) == 0 || slices.Contains(s.Sources, r.TriggerSource.Type)) &&", "true &&", matched},
	{"errors-not-matched", scoped, "that a run has errors" + ignored, matchFile, "(!s.Errors || r.ErrorCount > 0) &&", "true &&", matched},
	{"where-not-matched", scoped, "a field of the run" + ignored, matchFile,
		"!slices.ContainsFunc(s.Where, func(f Field) bool { return !f.matches(r) }) &&", "true &&", matched},
	{"key-not-matched", scoped, "the key" + ignored, matchFile, "key(r.TriggerSource.CancellationKey)\n	}", "(key != nil)\n	}", matched},
	{"absent-field-matches", scoped, "a run without a field matches any value of it", matchFile, "if at, ok = object[name]; !ok {\n			return false", "if at, ok = object[name]; !ok {\n			return true", matched},
	{"one-key-test-is-enough", scoped, "a key that one of several conditions matches is in scope", matchFile,
		"			if key == \"\" || !in(key) {\n				return false\n			}\n		}\n		return true", "			if key != \"\" && in(key) {\n				return true\n			}\n		}\n		return len(tests) == 0", matched},
	{"glob-open-in-front", scoped, "a glob is not anchored in front", matchFile, "\"(?s)^\" + expr", "\"(?s)\" + expr", sweepTests + "TestGlobs"},
	{"glob-open-behind", scoped, "a glob is not anchored behind", matchFile, "expr + \"$\"", "expr", sweepTests + "TestGlobs"},
	{"glob-is-a-pattern", scoped, "a dot in a glob stands for any character", matchFile,
		"strings.NewReplacer(`\\*`, \".*\", `\\?`, \".\").Replace(regexp.QuoteMeta(pattern))", "strings.NewReplacer(`*`, \".*\", `?`, \".\").Replace(pattern)", sweepTests + "TestGlobs"},
	{"recall-of-the-whole-workflow", scoped, "a recall by key takes back what the workflow sent under other keys too", scopeFile,
		"return s.Everyone() && s.KeyGlob == \"\" && s.KeyRegex", "return s.Everyone() && s.KeyRegex", sweepTests + "TestSweepRecalls"},
	{"recall-without-a-beginning", scoped, "a recall without a time to begin at reaches back to every message", "internal/ops/sweep/recall.go",
		"	if since.IsZero() {\n		return p, runner", "	if false {\n		return p, runner", sweepTests + "TestARecallNeedsABeginning"},
}

// readingBreaks are those of what a cancel rests on.
var readingBreaks = []Break{
	{"reading-never-renewed", fresh, "what is pending is read once and never again", freshFile,
		"		if w.survey.age() < refreshAfter {\n			return nil", "		if true {\n			return nil", sweepTests + "TestNoCancelRestsOnAnOldReading"},
	{"old-reading-is-fresh", fresh, "a reading of an hour ago is called fresh", freshFile,
		"freshFor = cancel.MinAge - 500*time.Millisecond", "freshFor = time.Hour", sweepTests + "TestNoCancelRestsOnAnOldReading"},
	{"never-asked-again", fresh, "a reading counts as recent for an hour when a batch is made ready", freshFile,
		"refreshAfter = 2 * time.Second", "refreshAfter = time.Hour", sweepTests + "TestNoCancelRestsOnAnOldReading"},
	{"reading-newer-than-itself", fresh, "a reading counts as made when it ended, and knows nothing of what came since it began", lookFile,
		"w.survey.end(begun, local, true)", "w.survey.end(w.r.Client.ServerNow(), time.Now(), true)\n		_, _ = begun, local", sweepTests + "TestWhatBeginsDuringAReadingIsSeen"},
	{"shared-pairs-are-kept", fresh, "who has a run out of scope under the same key is cancelled with it", freshFile,
		"	return !out\n", "	return out || !out\n", sweepTests + "TestSweepNeverTouchesWhatIsOutOfScope"},
	{"reading-forgets-itself", fresh, "a reading forgets what it saw out of scope when it ends", freshFile,
		"	if s.next != nil {\n		s.next[h] = struct{}{}\n	}\n", "", sweepTests + "TestSweepNeverTouchesWhatIsOutOfScope"},
	{"reads-what-is-in-scope", fresh, "only what is in scope is read, so that nothing out of scope is seen", lookFile,
		"		filters = w.scope.wide()\n		w.survey.begin()", "		w.survey.begin()", sweepTests + "TestSweepNeverTouchesWhatIsOutOfScope"},
	{"no-survey", fresh, "cancels of a scope that our reading narrows rest on no reading", sweepsFile,
		"	if !scope.separable() {\n		w.survey", "	if false {\n		w.survey", sweepTests + "TestSweepNeverTouchesWhatIsOutOfScope"},
}

// sweepBreaks are those of what a sweep may do, and of its plan.
var sweepBreaks = []Break{
	{"max-not-counted", promised, "a plan of more runs than may be cancelled is carried out", sweepsFile,
		"case o.Max > 0 && p.Cancellable > o.Max:", "case false:", sweepTests + "TestSweepRefusals"},
	{"max-of-an-unknown-number", promised, "a bound on runs is taken for a plan that did not count them all", sweepsFile,
		"case o.Max > 0 && !p.Complete:", "case false:", sweepTests + "TestSweepRefusals"},
	{"max-bounds-the-plan-alone", promised, "a sweep that finds more than it may cancel cancels it", lookFile,
		"!there && outcome == Pending && !w.room()", "false", sweepTests + "TestMaxBoundsWhatIsCancelled"},
	{"max-cancels-everyone", promised, "a bound on runs sends cancels that name nobody", lookFile,
		"{ return w.scope.Everyone() && w.options.Max == 0 }", "{ return w.scope.Everyone() }", sweepTests + "TestMaxBoundsWhatIsCancelled"},
	{"max-of-listed-keys", promised, "listed keys are cancelled before their runs are counted against the bound", courseFile,
		"w.scope.separable() && w.options.Max == 0:", "w.scope.separable():", sweepTests + "TestMaxBoundsWhatIsCancelled"},
	{"plan-of-an-empty-scope", scoped, "a sweep of an empty scope begins", sweepsFile,
		"	if err := p.Scope.Check(); err != nil {\n		return nil, err\n	}\n	switch {", "	switch {", sweepTests + "TestSweepRefusals"},
	{"begins-read-only", readOnly, "a sweep begins while the profile is read-only", sweepsFile,
		"not count them all\", o.Max)\n	case x.r.Guard.ReadOnly():", "not count them all\", o.Max)\n	case false:", sweepTests + "TestSweepRefusals"},
	{"not-frozen-goes-on", asked, "a sweep that was to freeze first goes on where that cannot be tried", courseFile,
		"case errors.Is(err, client.ErrNoServiceToken), errors.Is(err, client.ErrNoEnvironment), w.ctx.Err() != nil:", "case w.ctx.Err() != nil:", sweepTests + "TestSweepThatCannotFreezeSendsNothing"},
	{"aborted-is-done", counted, "a sweep that was aborted says that it is done", courseFile,
		"phase, err = PhaseAborted, cause", "phase, err = PhaseDone, nil", sweepTests + "TestSweepOfARunaway"},
	{"no-abort", stopped, "abort does not end a sweep", "internal/ops/sweep/sweep.go",
		"func (w *Sweep) Abort() { w.stop(errAborted) }", "func (w *Sweep) Abort() {}", sweepTests + "TestAbortedNothingLeaves"},
	{"unknown-workflow-is-clear", counted, "a workflow that does not exist has nothing pending, and that is all", planFile,
		"e.Err == nil && e.Status == http.StatusNotFound:", "e.Err != nil && e.Status == http.StatusNotFound:", sweepTests + "TestAMistypedWorkflowIsNoAllClear"},
	{"no-doubt", counted, "a workflow that nobody knows is not doubted", planFile,
		"t.p.Doubt = doubt(ctx, r, scope.Workflow)", "_ = doubt", sweepTests + "TestAMistypedWorkflowIsNoAllClear"},
	{"unnamed-is-reached", named, "a run whose recipient no request can name is queued", planFile,
		"	case client.CheckRef(\"recipient\", r.Recipient) != nil:\n		return Unnamed\n", "", sweepTests + "TestWhatACancelCanReach"},
	{"odd-key-is-reached", named, "a run whose key no request can name is queued", planFile,
		"	case client.CheckID(\"cancellation key\", key) != nil:\n		return Unnamed\n", "", sweepTests + "TestWhatACancelCanReach"},
	{"keyless-is-reached", named, "a run without a key is queued", planFile,
		"	case key == \"\":\n		return NoKey\n", "", sweepTests + "TestWhatACancelCanReach"},
}

// proofBreaks are those of how a sweep tells what came of its runs.
var proofBreaks = []Break{
	{"one-quiet-look", proven, "one look that finds nothing pending is enough", lookFile,
		"quiet := 0; quiet < 2;", "quiet := 0; quiet < 1;", sweepTests + "TestOneQuietLookIsNotEnough"},
	{"no-quiet-look", proven, "how runs ended is told without having seen that nothing is pending", courseFile,
		"{{PhaseVerifying, w.verify}, {PhaseProving, w.prove}}", "{{PhaseProving, w.prove}}", sweepTests + "TestOneQuietLookIsNotEnough"},
	{"pending-is-quiet", proven, "a look counts as quiet although something is pending", lookFile,
		"if pending > 0 || w.q.Sent().Waiting > 0 || w.stalled.Load() {", "if pending < 0 {", sweepTests + "TestWhatASweepSaysIsWhatIs"},
	{"exclusion-without-a-sample", proven, "what exclusion tells is not checked against a sample", proveFile,
		"if ok, err := w.corroborate(l.other); err != nil || !ok {\n			return false, err\n		}", "if err := w.book.flush(); err != nil {\n			return false, err\n		}", sweepTests + "TestExclusionIsCheckedAgainstASample"},
	{"sample-is-not-heeded", proven, "a sample that says otherwise changes nothing", proveFile,
		"		if outcome != supposed {\n			return false, nil\n		}\n", "		_ = outcome\n", sweepTests + "TestExclusionThatIsWrongIsNotBelieved"},
	{"unseen-not-counted", proven, "what cancels ended and nobody saw pending is not looked for", proveFile,
		"	if err := w.readUnseen(); err != nil {\n		return err\n	}\n", "", sweepTests + "TestWhatASweepSaysIsWhatIs"},
	{"unseen-since-the-start", proven, "what nobody saw pending is looked for only since the sweep began", proveFile,
		"		from = p.PendingSince\n", "		from = w.started\n", sweepTests + "TestWhatASweepSaysIsWhatIs"},
	{"hits-not-reported", proven, "a run out of scope that a cancel ended is not reported", proveFile,
		"	return sent && !r.UpdatedAt", "	return false && sent && !r.UpdatedAt", sweepTests + "TestWhatBeganTooLateToBeKnownIsReported"},
	{"hits-not-looked-for", proven, "what is out of scope is not read again once all is sent", proveFile,
		"	if w.survey != nil {\n		filters = w.scope.wide()\n	}\n", "", sweepTests + "TestWhatBeganTooLateToBeKnownIsReported"},
	{"finished-is-confirmed", counted, "a sweep calls confirmed what completed first", proveFile,
		"	outcome := FinishedFirst\n", "	outcome := Confirmed\n", sweepTests + "TestWhatASweepSaysIsWhatIs"},
	{"read-pending-is-confirmed", counted, "a run that is read as pending is called confirmed", proveFile,
		"w.book.change(row, Unconfirmed, 0, now)", "w.book.change(row, Confirmed, 0, now)", sweepTests + "TestHowOneRunEndedIsRead"},
	{"read-completed-is-confirmed", counted, "a run that is read as completed is called confirmed", proveFile,
		"w.book.change(row, FinishedFirst, 0, now)", "w.book.change(row, Confirmed, 0, now)", sweepTests + "TestHowOneRunEndedIsRead"},
	{"unknown-is-confirmed", counted, "a run that Knock does not know is called confirmed", proveFile,
		"w.book.change(row, Gone, 0, now)", "w.book.change(row, Confirmed, 0, now)", sweepTests + "TestHowOneRunEndedIsRead"},
	{"unseen-keys-not-counted", counted, "a listed key under which nothing was seen is not mentioned", proveFile,
		"p.KeysUnseen = len(unseen)", "p.KeysUnseen = 0 * len(unseen)", sweepTests + "TestAKeyThatNobodyKnowsIsNotConfirmed"},
	{"verdict-without-unconfirmed", counted, "a sweep with unconfirmed runs is called confirmed", wordsFile, "case p.Unconfirmed+p.Refused", "case p.Refused", sweepTests + "TestVerdicts"},
	{"verdict-without-refused", counted, "a sweep with refused cancels is called confirmed", wordsFile, "+p.Refused+p.Gone", "+p.Gone", sweepTests + "TestVerdicts"},
	{"verdict-without-gone", counted, "a sweep of runs that Knock does not know is called confirmed", wordsFile, "+p.Gone+p.OutOfScope", "+p.OutOfScope", sweepTests + "TestVerdicts"},
	{"verdict-without-hits", counted, "a sweep that hit what is out of scope is called confirmed", wordsFile, "+p.OutOfScope+p.NoKey", "+p.NoKey", sweepTests + "TestVerdicts"},
	{"verdict-without-unseen-keys", counted, "a sweep of keys that nobody knows is called confirmed", wordsFile, "+p.KeysUnseen+p.Errors", "+p.Errors", sweepTests + "TestVerdicts"},
	{"verdict-of-nothing", counted, "a sweep that cancelled nothing is called confirmed", wordsFile, "	case p.Confirmed == 0:\n		return VerdictNothing\n", "", sweepTests + "TestVerdicts"},
	{"verdict-without-proof", counted, "a sweep that proved nothing is called confirmed", wordsFile, "	case !followed:\n		return VerdictUnconfirmed\n", "", sweepTests + "TestVerdicts"},
	{"verdict-of-the-unfinished", counted, "a sweep that was cut off is called confirmed", wordsFile, "	case !p.Done:\n		return VerdictUnfinished\n", "", sweepTests + "TestVerdicts"},
}

// resumeBreaks are those of going on with what was cut off.
var resumeBreaks = []Break{
	{"resumes-read-only", readOnly, "a sweep is resumed while the profile is read-only", sweepsFile,
		"Make a new plan of %s\", id, r.Scope)\n	case x.r.Guard.ReadOnly():", "Make a new plan of %s\", id, r.Scope)\n	case false:", sweepTests + "TestWhereASweepIsNotResumed"},
	{"resumes-for-another-profile", bound, "a sweep of another profile is resumed", sweepsFile,
		"case r.Environment != x.r.Environment || r.Profile != x.r.Profile:", "case r.Environment != x.r.Environment:", sweepTests + "TestWhereASweepIsNotResumed"},
	{"resumes-in-another-environment", bound, "a sweep of another environment is resumed", sweepsFile,
		"case r.Environment != x.r.Environment || r.Profile != x.r.Profile:", "case r.Profile != x.r.Profile:", sweepTests + "TestWhereASweepIsNotResumed"},
	{"resumes-anywhere", bound, "a sweep is resumed with another key and at another host", sweepsFile,
		"case r.Binding != x.binding():", "case false:", sweepTests + "TestWhereASweepIsNotResumed"},
	{"binding-without-key", bound, "a sweep is bound to a host and to no key", sweepsFile,
		"return b.Host + \" \" + b.Key", "return b.Host + \" \"", sweepTests + "TestWhereASweepIsNotResumed"},
	{"binding-without-host", bound, "a sweep is bound to a key and to no host", sweepsFile,
		"return b.Host + \" \" + b.Key", "return b.Key", sweepTests + "TestWhereASweepIsNotResumed"},
	{"unknown-fields-ignored", bound, "what a later version wrote into a scope is ignored", "internal/ops/sweep/records.go",
		"	d.DisallowUnknownFields()\n", "", sweepTests + "TestAScopeOfALaterVersionIsNotResumed"},
	{"two-processes", bound, "a sweep that another process carries out is resumed", "internal/ops/sweep/hold.go",
		"	if held {\n", "	if false {\n", sweepTests + "TestSweepIsCarriedOutByOneProcessAtATime"},
	{"goes-on-when-taken-over", bound, "a sweep that another process took over goes on", "internal/ops/sweep/hold.go",
		"			w.stop(fmt.Errorf(\"what was sent stays sent: %w\", err))\n", "			_ = fmt.Errorf(\"%w\", err)\n", sweepTests + "TestSweepThatWasTakenOverEnds"},
	{"unknown-counts-as-sent", counted, "a resumed sweep takes cancels whose answer never came for sent", resumeFile,
		"w.q.Doubt(t, effect) }\n	if a.State == journal.Done {", "w.q.Doubt(t, effect) }\n	if a.State != journal.Failed {", sweepTests + "TestAResumedSweepSendsWhatHadNoAnswer"},
	{"unknown-counts-as-accepted", counted, "a resumed sweep counts cancels whose answer never came as accepted", resumeFile,
		"	if a.State == journal.Done {\n		sent.Accepted++", "	if a.State != journal.Failed {\n		sent.Accepted++", sweepTests + "TestAResumedSweepSendsWhatHadNoAnswer"},
	{"resume-forgets-what-was-sent", promised, "a resumed sweep does not count what was sent before", resumeFile,
		"	w.q.Restore(sent)\n", "", sweepTests + "TestAResumedSweepSendsWhatHadNoAnswer"},
	{"refused-stays-refused", counted, "a resumed sweep takes what was refused or unconfirmed before for settled", resumeFile,
		"	if err := w.book.reopen(Unconfirmed, Refused); err != nil {\n		return err\n	}\n", "", sweepTests + "TestAResumedSweepTriesAgainWhatItLeft"},
}
