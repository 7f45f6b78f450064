package journal

import (
	"context"
	"encoding/json"
	"time"
)

// Act is what the requests of one act came to together.
type Act struct {
	Requests   int
	States     map[State]int  // how far they got, without those that were sent again as they were
	Silent     int            // of those that Knock may have: how many no note says anything of
	Recipients int            // that they named, each once
	Workflows  int            // that they were about
	Keys       int            // that they were about
	Verdicts   map[string]int // their runs by the last verdict that was noted about them
	FinishedAt time.Time      // when the last of them was answered; zero while one is not
}

// counted is a count of something about an act.
type counted struct {
	act, of string
	n       int64
}

func scanCounted(row scanner) (c counted, err error) {
	err = row.Scan(&c.act, &c.of, &c.n)
	return c, err
}

// Acts returns what became of acts, by the name that their requests share.
func (j *Journal) Acts(ctx context.Context, names []string) (map[string]*Act, error) {
	out := map[string]*Act{}
	if len(names) == 0 {
		return out, nil
	}
	list, err := json.Marshal(names)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		out[name] = &Act{States: map[State]int{}, Verdicts: map[string]int{}}
	}
	// A request that was sent again as it was counts by how the last of them ended.
	const parts = `WITH
		parts AS MATERIALIZED (SELECT id, act, state, workflow, key, everyone, recipients, finished_at FROM actions WHERE act <> '' AND act IN (SELECT value FROM json_each(?))),
		last AS (SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY act, workflow, key, everyone, recipients ORDER BY id DESC) AS nth FROM parts) WHERE nth = 1)
		`
	for query, take := range map[string]func(*Act, string, int64){
		"SELECT act, '', count(*) FROM parts GROUP BY act":          func(a *Act, _ string, n int64) { a.Requests = int(n) },
		"SELECT act, state, count(*) FROM last GROUP BY act, state": func(a *Act, state string, n int64) { a.States[State(state)] = int(n) },
		"SELECT act, '', count(*) FROM last WHERE state <> 'failed' AND NOT EXISTS (SELECT 1 FROM notes WHERE action_id = last.id) GROUP BY act": func(a *Act, _ string, n int64) { a.Silent = int(n) },
		"SELECT act, '', count(DISTINCT value) FROM parts, json_each(recipients) GROUP BY act":                                                   func(a *Act, _ string, n int64) { a.Recipients = int(n) },
		"SELECT act, '', count(DISTINCT workflow) FROM parts GROUP BY act":                                                                       func(a *Act, _ string, n int64) { a.Workflows = int(n) },
		"SELECT act, '', count(*) FROM (SELECT DISTINCT act, workflow, key FROM parts) GROUP BY act":                                             func(a *Act, _ string, n int64) { a.Keys = int(n) },
		"SELECT act, '', max(finished_at) FROM parts GROUP BY act HAVING min(finished_at) > 0":                                                   func(a *Act, _ string, n int64) { a.FinishedAt = time.UnixMicro(n) },
		// Of several notes about a run, SQLite gives the verdict of the one with the greatest id.
		`SELECT act, verdict, count(*) FROM
			(SELECT act, verdict, max(notes.id) FROM parts CROSS JOIN notes ON action_id = parts.id GROUP BY act, run)
			GROUP BY act, verdict`: func(a *Act, verdict string, n int64) { a.Verdicts[verdict] = int(n) },
	} {
		counts, err := collect(j.query(ctx, parts+query, string(list)), scanCounted)
		if err != nil {
			return nil, err
		}
		for _, c := range counts {
			take(out[c.act], c.of, c.n)
		}
	}
	return out, nil
}
