package journal

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/knockops/knockops/internal/wait"
	"github.com/knockops/knockops/internal/webhook"
)

// Events are indexed after they were acknowledged: the index costs several times what the events themselves cost. Until
// then they are found by looking through them.
const (
	indexPause  = 200 * time.Millisecond // so that there is more than one event to index
	indexAtOnce = 64                     // events in one transaction, which others wait for
	indexPauses = 4                      // while events come, it rests this many times as long as it works
	floodRate   = 1500                   // events a second, about what it keeps up with at that pace
	floodPause  = time.Second            // past that it leaves the machine to those who store, until the flood is over
)

// indexer brings the index up to date whenever events were added.
type indexer struct {
	journal *Journal
	ctx     context.Context
	stop    context.CancelFunc
	work    sync.WaitGroup

	mu      sync.Mutex
	running bool
	asked   bool // since it looked last
	added   int  // events, since it looked last
}

func newIndexer(j *Journal) *indexer {
	ctx, stop := context.WithCancel(context.Background())
	return &indexer{journal: j, ctx: ctx, stop: stop}
}

// soon indexes what is not indexed yet, in the background, after some events were added.
func (x *indexer) soon(added int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.asked = true
	x.added += added
	if !x.running && x.ctx.Err() == nil {
		x.running = true
		x.work.Go(x.run)
	}
}

// end stops it. What is left is indexed by whoever looks for events next.
func (x *indexer) end() {
	x.mu.Lock()
	x.stop()
	x.mu.Unlock()
	x.work.Wait()
}

func (x *indexer) run() {
	looked := time.Now()
	for rest := indexPause; wait.Sleep(x.ctx, rest) == nil; {
		added := x.look()
		rate := float64(added) / time.Since(looked).Seconds()
		looked = time.Now()
		if rate > floodRate {
			rest = floodPause
			continue
		}
		n, err := x.journal.indexSome(x.ctx, indexAtOnce)
		switch {
		case err != nil: // another program holds the journal, or the disk is full: those who write are told so
			rest = time.Second
		case n > 0 && added > 0:
			rest = indexPauses * time.Since(looked)
		case n > 0:
			rest = 0
		default:
			rest = indexPause
			if x.done() {
				return
			}
		}
	}
}

// look returns how many events were added since it was called last.
func (x *indexer) look() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	n := x.added
	x.added, x.asked = 0, false
	return n
}

func (x *indexer) done() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.running = x.asked
	return !x.running
}

// indexSome indexes up to n events and returns how many there were.
func (j *Journal) indexSome(ctx context.Context, n int) (int, error) {
	j.writing.Lock()
	defer j.writing.Unlock()
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	rows, err := tx.QueryContext(ctx, "SELECT "+eventColumns+" FROM events WHERE id > (SELECT indexed FROM event_state) ORDER BY id LIMIT ?", n)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	type words struct {
		id                 int64
		kind, fields, text string
		came               received
	}
	var events []words // without the bodies, which may be large
	for rows.Next() {
		e, err := scanEvent(rows)
		if err != nil {
			return 0, err
		}
		text := textOf(e.Body)
		fields := append(fieldWords(&e.Delivery), pairWords(text)...)
		events = append(events, words{e.ID, e.Type, strings.Join(fields, " "), text, receivedOf(&e)})
	}
	if err := rows.Err(); err != nil || len(events) == 0 {
		return 0, err
	}
	types := map[string]bool{}
	late, err := anyReconstructed(ctx, tx)
	if err != nil {
		return 0, err
	}
	for _, e := range events {
		if late {
			if err := replaceReconstructed(ctx, tx, e.came); err != nil {
				return 0, err
			}
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO event_words (rowid, fields, text) VALUES (?, ?, ?)", e.id, e.fields, e.text); err != nil {
			return 0, err
		}
		if types[e.kind] {
			continue
		}
		types[e.kind] = true
		if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO event_types VALUES (?)", e.kind); err != nil {
			return 0, err
		}
	}
	if _, err := tx.ExecContext(ctx, "UPDATE event_state SET indexed = ?", events[len(events)-1].id); err != nil {
		return 0, err
	}
	return len(events), tx.Commit()
}

// column is a field of a delivery that events are found by.
type column struct {
	name, value string // value is what a filter wants
	of          func(*webhook.Delivery) *string
}

// wanted are the fields that a filter wants to be one value.
func (f *EventFilter) wanted() []column {
	return []column{
		{"workflow", f.Workflow, func(d *webhook.Delivery) *string { return &d.Workflow }},
		{"workflow run", f.WorkflowRunID, func(d *webhook.Delivery) *string { return &d.WorkflowRunID }},
		{"run", f.RunID, func(d *webhook.Delivery) *string { return &d.RunID }},
		{"recipient", f.Recipient, func(d *webhook.Delivery) *string { return &d.Recipient }},
		{"tenant", f.Tenant, func(d *webhook.Delivery) *string { return &d.Tenant }},
		{"message", f.MessageID, func(d *webhook.Delivery) *string { return &d.MessageID }},
		{"channel", f.ChannelID, func(d *webhook.Delivery) *string { return &d.ChannelID }},
		{"key", f.Key, func(d *webhook.Delivery) *string { return &d.CancellationKey }},
	}
}

const typeColumn = "type"

// fieldWords is what the index holds of a delivery's fields.
func fieldWords(d *webhook.Delivery) []string {
	words := []string{fieldWord(typeColumn, d.Type)}
	for _, c := range (&EventFilter{}).wanted() {
		if value := *c.of(d); value != "" {
			words = append(words, fieldWord(c.name, value))
		}
	}
	return words
}

// pairWords stand in the index for the pairs of words that follow each other in a text. The index finds a phrase by
// walking through all that hold its words, which of the words of a template is every event. Words with digits are in few
// events and need no pairs.
func pairWords(text string) []string {
	var pairs []string
	seen := map[string]bool{}
	for last := ""; text != ""; {
		word, rest, _ := strings.Cut(text, " ")
		if strings.ContainsFunc(word, unicode.IsDigit) {
			word = ""
		}
		if pair := last + " " + word; last != "" && word != "" && !seen[pair] {
			seen[pair] = true
			pairs = append(pairs, fieldWord("pair", pair))
		}
		last, text = word, rest
	}
	return pairs
}

// fieldWord stands for a field's value in the index. Values may hold anything, so it is a hash; what is found is compared.
func fieldWord(name, value string) string {
	h := fnv.New64a()
	h.Write([]byte(name + "=" + value))
	return fmt.Sprintf("%016x", h.Sum64())
}

// matchQuery is the filter as the index understands it.
func (q *search) matchQuery(ctx context.Context) (string, error) {
	var and []string
	for _, w := range q.filter.wanted() {
		if w.value != "" {
			and = append(and, "fields:"+fieldWord(w.name, w.value))
		}
	}
	var lists [][]string
	if len(q.filter.Types) > 0 {
		lists = append(lists, q.filter.Types)
	}
	if q.filter.Failures {
		lists = append(lists, webhook.Failures)
	}
	for _, globs := range lists {
		types, err := q.journal.typesLike(ctx, globs)
		if err != nil {
			return "", err
		}
		or := []string{"fields:none"} // there is no such word
		for _, t := range types {
			or = append(or, "fields:"+fieldWord(typeColumn, t))
		}
		and = append(and, "("+strings.Join(or, " OR ")+")")
	}
	for _, t := range q.terms {
		for _, pair := range pairWords(t.whole()) {
			and = append(and, "fields:"+pair)
		}
		and = append(and, t.match())
	}
	return strings.Join(and, " AND "), nil
}

// typesLike are the types in the index that one of the globs matches.
func (j *Journal) typesLike(ctx context.Context, globs []string) ([]string, error) {
	rows, err := j.db.QueryContext(ctx, "SELECT type FROM event_types")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var types []string
	for rows.Next() {
		var t string
		if err := rows.Scan(&t); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(globs, func(glob string) bool { return webhook.MatchType(glob, t) }) {
			types = append(types, t)
		}
	}
	return types, rows.Err()
}
