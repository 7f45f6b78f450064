package emulator

import "net/http"

func listRuns(e *Emulator, q *query) (int, any, *apiError) {
	failed, given := q.flag("has_errors")
	rows := e.runRows(q, given && failed)
	from, until := q.instant("starting_at"), q.instant("ending_at")
	oldest := e.runs.since(max(from, e.at-retention))
	var newest uint32 = noBound
	if until > 0 {
		newest = e.runs.since(until + 1)
	}
	match := every
	if given && !failed {
		match = func(n uint32) bool { return !e.runs.failed.has(n) }
	}
	return q.listing("runs", "items", within{rows, oldest, newest}, match, func(n uint32) any { return e.runs.all[n].json() })
}

// runRows selects by what there are indexes for.
func (e *Emulator) runRows(q *query, failed bool) rowSet {
	var groups overlap
	if failed {
		groups = append(groups, []bitmap{e.runs.failed})
	}
	if names := q.choices("status", statusNames[:]); len(names) > 0 {
		var any []bitmap
		for s, name := range statusNames {
			for _, wanted := range names {
				if name == wanted {
					any = append(any, e.runs.byStatus[s])
				}
			}
		}
		groups = append(groups, any)
	}
	if key := q.one("workflow"); key != "" {
		var ofWorkflow []bitmap // none for a key that is no workflow's
		if wf := e.workflows[key]; wf != nil {
			ofWorkflow = append(ofWorkflow, wf.runs)
		}
		groups = append(groups, ofWorkflow)
	}
	var rows postings
	narrowed := false
	if r := q.reference("recipient"); r != nil {
		narrowed = true
		if rc := e.recipients[*r]; rc != nil {
			rows = rc.runs
		}
	}
	if id := q.one("tenant"); id != "" {
		var ofTenant postings
		if t := e.tenants[id]; t != nil {
			ofTenant = t.runs
		}
		if narrowed {
			ofTenant = rows.intersect(ofTenant)
		}
		rows, narrowed = ofTenant, true
	}
	switch {
	case narrowed && len(groups) > 0:
		return filtered{rows, groups.has}
	case narrowed:
		return rows
	case len(groups) > 0:
		return groups
	}
	return allRows(len(e.runs.all))
}

func getRun(e *Emulator, q *query) (int, any, *apiError) {
	n, ok := e.runs.byID[uuidOf(q.path("run_id"))]
	if !ok || e.runs.all[n].trig.at < e.at-retention {
		return 0, nil, missing("workflow recipient run", q.path("run_id"))
	}
	return http.StatusOK, e.runs.all[n].detail(e), nil
}
