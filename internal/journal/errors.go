package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	sqlite3 "modernc.org/sqlite/lib"
)

// Causes that a caller may want to tell apart. The errors that wrap them are sentences that say what to do.
var (
	ErrLocked  = errors.New("another program holds it")
	ErrFull    = errors.New("the disk is full")
	ErrDisk    = errors.New("the disk does not do as it is told")
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
	{ErrDisk, "check the disk that %s is on, and what the system's log says of it"},
	{ErrDamaged, "move %s away to start a new one; `sqlite3 FILE .recover` saves what can be read of the old one"},
	{ErrNewer, "update knockops, or move %s away to start a new one"},
	{ErrDenied, "check who owns %s and its directory, and that they may be written"},
}

// absences say that what was asked for is not there, which is nothing wrong with the journal.
var absences = []error{ErrNoAction, ErrNoEvent, ErrNoSweep}

// explain makes err a sentence: what was tried, what happened, what to do. nil stays nil.
func (j *Journal) explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	for _, absent := range absences {
		if errors.Is(err, absent) {
			return err
		}
	}
	name := j.path
	if name == "" {
		name = "the journal in memory"
	}
	if cause := j.causeOf(err); cause != nil && !errors.Is(err, cause) {
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
func (j *Journal) causeOf(err error) error {
	var failed interface { // *sqlite.Error
		error
		Code() int
	}
	if errors.As(err, &failed) {
		switch failed.Code() & 0xff { // the rest of an extended code is detail
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			return ErrLocked
		case sqlite3.SQLITE_FULL:
			return ErrFull
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return ErrDamaged
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
			return ErrDenied
		case sqlite3.SQLITE_IOERR:
			// Of its own files SQLite says so too when there is no room for them.
			if j.path != "" && full(hasRoom(filepath.Dir(j.path))) {
				return ErrFull
			}
			return ErrDisk
		}
	}
	switch {
	case full(err):
		return ErrFull
	case errors.Is(err, fs.ErrPermission):
		return ErrDenied
	}
	return nil
}

func full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// hasRoom tries whether a directory's disk takes something: as much as SQLite's shared memory grows by.
func hasRoom(dir string) error {
	f, err := os.CreateTemp(dir, ".knockops-room-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(make([]byte, 32<<10))
	return errors.Join(err, f.Sync(), f.Close())
}
