package journal

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A disk without any room makes SQLite say many things; all of them are the full disk.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skip("no small disk can be made here: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	path := filepath.Join(dir, "j.db")
	early, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer early.Close() // may fail for the same reason
	if err := os.WriteFile(filepath.Join(dir, "rest"), []byte(strings.Repeat("x", 2<<20)), 0o600); err == nil {
		t.Fatal("the disk is not full")
	}
	for err = nil; err == nil; {
		_, err = early.Begin(t.Context(), sent)
	}
	wantError(t, err, ErrFull, path, "make room")
	wantError(t, (&Journal{path: path}).explain("writing to", ioError{}), ErrFull, path, "make room")
	_, err = Open(filepath.Join(dir, "other.db"))
	wantError(t, err, ErrFull, "other.db", "make room")
}
