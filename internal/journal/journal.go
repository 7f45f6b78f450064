// Package journal keeps what is done on this machine: every action is written down before its request leaves, and what
// came of it afterwards. It is a SQLite database, one file for each profile, that several consoles may use at once.
package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

const (
	busyTimeout    = 5 * time.Second // how long a statement waits for another console's
	maxConnections = 4               // a console writes one row while it reads others
)

// Journal is an open journal. Its methods may be called from several goroutines.
type Journal struct {
	path string // "" when it is in memory
	db   *sql.DB

	// SQLite lets one write at a time, and those who wait ask again and again, ever more seldom. Inside this program
	// they stand in line instead.
	writing sync.Mutex

	inserts [insertTogether]*sql.Stmt // of one event, of two, …; nil until it is needed
	index   *indexer
}

// Open opens the journal at path, and makes it, with the directories above it, when it is not there. The file is
// readable by its owner alone. Errors say what to do; they are an [ErrLocked], [ErrFull], [ErrDamaged], [ErrNewer] or
// [ErrDenied] where that is the cause. It takes a few milliseconds, and up to five seconds while another program holds
// the file.
func Open(path string) (*Journal, error) { return open(path, busyTimeout) }

func open(path string, patience time.Duration) (*Journal, error) {
	j := &Journal{path: path}
	if err := prepare(path); err != nil {
		return nil, j.explain("opening", err)
	}
	query := url.Values{"_txlock": {"immediate"}, "_pragma": {
		fmt.Sprintf("busy_timeout(%d)", patience.Milliseconds()),
		"page_size(8192)", // of a new file: an event with its headers is a quarter of that
		"journal_mode(wal)",
		"synchronous(full)", // a commit is on disk when it returns, in WAL mode too
		"foreign_keys(on)",
		"wal_autocheckpoint(4000)", // pages, 32 MB: what is copied more seldom is copied in one go
	}}
	file := url.URL{Path: filepath.ToSlash(path)}
	return j.connect("file:"+file.EscapedPath()+"?"+query.Encode(), maxConnections)
}

// OpenMemory opens a journal that lasts until it is closed and leaves nothing behind, for the demo.
func OpenMemory() (*Journal, error) {
	// Each connection to :memory: is a database of its own, so there is one.
	return new(Journal).connect("file::memory:?_txlock=immediate&_pragma=foreign_keys(on)", 1)
}

func (j *Journal) connect(dsn string, connections int) (*Journal, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, j.explain("opening", err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	j.db = db
	if err := j.migrate(context.Background()); err != nil {
		return nil, errors.Join(j.explain("opening", err), db.Close())
	}
	j.index = newIndexer(j)
	return j, nil
}

// prepare makes the file, so that SQLite finds one that nobody else can read; its own helper files get the same mode.
func prepare(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return &fs.PathError{Op: "open", Path: path, Err: errors.New("it is not a regular file")}
	}
	if info.Mode().Perm()&0o077 != 0 {
		return f.Chmod(0o600)
	}
	return nil
}

// inLine is the database for one statement that writes.
func (j *Journal) inLine() executor { return inLine{j} }

type inLine struct{ *Journal }

func (l inLine) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	l.writing.Lock()
	defer l.writing.Unlock()
	return l.db.ExecContext(ctx, query, args...)
}

// Path returns the journal's file, "" when it is in memory.
func (j *Journal) Path() string { return j.path }

// Check reads the whole journal and reports damage as an [ErrDamaged]. It takes a second or so for each 100 MB.
func (j *Journal) Check(ctx context.Context) error {
	var first string
	if err := j.db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&first); err != nil {
		return j.explain("checking", err)
	}
	if first != "ok" {
		return j.explain("checking", fmt.Errorf("%w: %s", ErrDamaged, first))
	}
	return nil
}

// Close closes the journal. What Begin, Finish and Note wrote is on disk before that.
func (j *Journal) Close() error {
	j.index.end()
	return j.explain("closing", j.db.Close())
}
