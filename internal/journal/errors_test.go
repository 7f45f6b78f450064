package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// wantError fails unless err has the cause, names the file and says what to do.
func wantError(t *testing.T, err, cause error, path, remedy string) {
	t.Helper()
	if !errors.Is(err, cause) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), remedy) {
		t.Errorf("got %v\nwant one that is %q and says %q of %s", err, cause, remedy, path)
	}
}

func TestDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("this is no database. ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(path)
	wantError(t, err, ErrDamaged, path, "to start a new one")
}

func TestCheckFindsDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.db")
	j, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 200 {
		begun(t, j, sent)
	}
	if err := j.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	var root int64 // the page where the actions begin
	if err := j.db.QueryRow("SELECT rootpage FROM sqlite_schema WHERE name = 'actions'").Scan(&root); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil { // moves everything from the log to the file
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const page = 4096
	if _, err := f.WriteAt([]byte(strings.Repeat("damage! ", page/8)), (root-1)*page); err != nil {
		t.Fatal(err)
	}
	wantError(t, opened(t, path).Check(t.Context()), ErrDamaged, path, "to start a new one")
}

func TestNewer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.db")
	j, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.db.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = Open(path)
	wantError(t, err, ErrNewer, path, "update knockops")
}

func TestFull(t *testing.T) {
	j := opened(t, filepath.Join(t.TempDir(), "j.db"))
	j.db.SetMaxOpenConns(1) // the limit below belongs to the connection
	if _, err := j.db.Exec("PRAGMA max_page_count = 1"); err != nil {
		t.Fatal(err)
	}
	var err error
	for i := 0; err == nil && i < 1000; i++ {
		_, err = j.Begin(t.Context(), sent)
	}
	wantError(t, err, ErrFull, j.Path(), "make room")
}

func TestLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.db")
	opened(t, path)
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	conn, err := other.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	j, err := open(path, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	_, err = j.Begin(t.Context(), sent)
	wantError(t, err, ErrLocked, path, "try again")
}

func TestDenied(t *testing.T) {
	dir := t.TempDir()
	_, err := Open(dir)
	if err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("opening a directory: %v", err)
	}
	wantError(t, new(Journal).explain("opening", fmt.Errorf("open: %w", os.ErrPermission)), ErrDenied, "", "who owns")
}

func TestCancelledCalls(t *testing.T) {
	j := opened(t, filepath.Join(t.TempDir(), "j.db"))
	id := begun(t, j, sent)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := j.Begin(ctx, sent); !errors.Is(err, context.Canceled) {
		t.Errorf("begin: %v", err)
	}
	if err := errors.Join(j.Finish(ctx, id, Outcome{State: Unknown}), j.Note(ctx, id, Note{Run: "r"})); err != nil {
		t.Errorf("what came of a request is lost: %v", err)
	}
}

// ioError is what SQLite says when a disk fails; the code is SQLITE_IOERR_SHMSIZE.
type ioError struct{}

func (ioError) Error() string { return "disk I/O error (4874)" }
func (ioError) Code() int     { return 4874 }

func TestDiskErrorWithRoom(t *testing.T) {
	dir := t.TempDir()
	j := &Journal{path: filepath.Join(dir, "j.db")}
	wantError(t, j.explain("writing to", ioError{}), ErrDisk, j.path, "check the disk")
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("trying for room leaves %v, %v", left, err)
	}
}

func TestAbsenceIsNoFaultOfTheJournal(t *testing.T) {
	j := opened(t, filepath.Join(t.TempDir(), "j.db"))
	_, action := j.Action(t.Context(), 99)
	_, event := j.Event(t.Context(), 99)
	_, sweep := j.Sweep(t.Context(), 99)
	for _, err := range []error{action, event, sweep} {
		if err == nil || strings.Contains(err.Error(), j.Path()) || !strings.Contains(err.Error(), " 99: ") {
			t.Errorf("%v", err)
		}
	}
}
