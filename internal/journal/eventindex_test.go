package journal

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestPhrasesAreFoundByTheirPairs(t *testing.T) {
	for text, want := range map[string][]string{
		`"no such mailbox"`: {"no such", "such mailbox"}, "no such": nil, `"such mailb"*`: {"such mailb"}, "a-b-c*": {"a b"}, `"tab 550 bed"`: nil, `"b b b"`: {"b b"},
	} {
		var and []string
		for _, w := range want {
			and = append(and, "fields:"+fieldWord("pair", w))
		}
		j := opened(t, filepath.Join(t.TempDir(), "j.db"))
		q, err := j.search(t.Context(), EventFilter{Text: text})
		if err != nil || !strings.HasPrefix(q.match, strings.Join(append(and, "text:"), " AND ")) {
			t.Errorf("%s: %s, %v", text, q.match, err)
		}
	}
}

func TestAnIndexWithoutPairsIsBuiltAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.db")
	old := opened(t, path)
	added(t, old, delivered(t, noon, bounced))
	indexAll(t, old)
	before := slices.IndexFunc(migrations, func(step string) bool { return strings.HasPrefix(step, "DROP TABLE event_words") })
	for _, statement := range []string{
		"DELETE FROM event_words",
		"INSERT INTO event_words (rowid, fields, text) VALUES (1, '', 'no such mailbox')",
		"DROP TABLE team_streams; DROP TABLE team_events; DROP TABLE templates; DROP TABLE drafts; DROP INDEX actions_by_act; ALTER TABLE actions DROP COLUMN act", // which came later
		fmt.Sprintf("PRAGMA user_version = %d", before),
	} {
		if _, err := old.db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	j := opened(t, path)
	indexAll(t, j)
	if found, err := j.Events(t.Context(), EventFilter{Text: `"no such mailbox"`}, 10, 0); err != nil || len(found) != 1 {
		t.Errorf("%d found, %v", len(found), err)
	}
}
