package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Causes that a caller may want to tell apart. The errors that wrap them are sentences that say what to do.
var (
	ErrLocked  = errors.New("another program holds it")
	ErrFull    = errors.New("the disk is full")
	ErrDamaged = errors.New("the file is damaged")
	ErrNewer   = errors.New("a newer knockops wrote it")
	ErrDenied  = errors.New("it cannot be written")
)

// remedies say what to do about a cause; %s is the journal's file.
var remedies = []struct {
	cause  error
	remedy string
}{
	{ErrLocked, "end what else has %s open, such as a backup or a database browser, and try again"},
	{ErrFull, "make room where %s is, and try again; nothing is sent that cannot be written down first"},
	{ErrDamaged, "move %s away to start a new one; `sqlite3 FILE .recover` saves what can be read of the old one"},
	{ErrNewer, "update knockops, or move %s away to start a new one"},
	{ErrDenied, "check who owns %s and its directory, and that they may be written"},
}

// explain makes err a sentence: what was tried, what happened, what to do.
func (j *Journal) explain(doing string, err error) error {
	name := j.path
	if name == "" {
		name = "the journal in memory"
	}
	if cause := causeOf(err); cause != nil && !errors.Is(err, cause) {
		err = fmt.Errorf("%w (%v)", cause, err)
	}
	for _, r := range remedies {
		if errors.Is(err, r.cause) {
			return fmt.Errorf("%s the journal: %w; "+r.remedy, doing, err, name)
		}
	}
	return fmt.Errorf("%s the journal %s: %w", doing, name, err)
}

// causeOf tells which cause an error of SQLite or of the file system comes from, nil for none of them.
func causeOf(err error) error {
	if failed := new(sqlite.Error); errors.As(err, &failed) {
		switch failed.Code() & 0xff { // the rest of an extended code is detail
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			return ErrLocked
		case sqlite3.SQLITE_FULL:
			return ErrFull
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return ErrDamaged
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
			return ErrDenied
		}
	}
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return ErrFull
	case errors.Is(err, fs.ErrPermission):
		return ErrDenied
	}
	return nil
}
