// Package export writes what is listed to a file: as JSON, line by line or whole, or as CSV.
package export

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ErrExists says that there is a file where an export should go.
var ErrExists = errors.New("there is a file of that name already")

// Result is what an export wrote.
type Result struct {
	Path string
	Rows int
}

// formats are the endings of files that can be exported to.
var formats = []string{".ndjson", ".json", ".csv"}

// Check says what is wrong with the name of a file to export to.
func Check(path string) error {
	path = strings.TrimSpace(path)
	if path == "" {
		return errors.New("name the file to write to")
	}
	if !slices.Contains(formats, filepath.Ext(path)) {
		return errors.New("let the name end in .ndjson, .json or .csv: that is the format")
	}
	return nil
}

// File writes a file in the format of its ending. It appears once all is written.
func File(path string, overwrite bool, write func(format string, to io.Writer) (int, error)) (Result, error) {
	if err := Check(path); err != nil {
		return Result{}, err
	}
	return place(path, overwrite, write)
}

// place writes a file whose name was checked.
func place(path string, overwrite bool, write func(format string, to io.Writer) (int, error)) (Result, error) {
	path, err := filepath.Abs(strings.TrimSpace(path))
	if err != nil {
		return Result{}, err
	}
	if _, err := os.Lstat(path); !overwrite && !errors.Is(err, fs.ErrNotExist) {
		return Result{}, fmt.Errorf("%s: %w", path, ErrExists)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".knockops-export-*") // mode 0600: exports tell of people
	if err != nil {
		return Result{}, err
	}
	defer os.Remove(file.Name())
	n, err := write(filepath.Ext(path), file)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return Result{}, err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return Result{}, err
	}
	return Result{path, n}, nil
}

// CheckReport says what is wrong with the name of a file for a report.
func CheckReport(path string) error {
	if filepath.Ext(strings.TrimSpace(path)) != ".md" {
		return errors.New("let the name end in .md: a report is Markdown")
	}
	return nil
}

// Report writes a text in Markdown that tells of rows things.
func Report(path string, overwrite bool, text string, rows int) (Result, error) {
	if err := CheckReport(path); err != nil {
		return Result{}, err
	}
	return place(path, overwrite, func(_ string, to io.Writer) (int, error) {
		_, err := io.WriteString(to, text)
		return rows, err
	})
}

// Table writes what a list shows to a file: a line under the titles for
// each row, or an object by them. One that is there is an [ErrExists] unless it
// may be overwritten.
func Table(titles []string, rows [][]string, path string, overwrite bool) (Result, error) {
	return File(path, overwrite, func(format string, to io.Writer) (int, error) {
		if format == ".csv" {
			return len(rows), csv.NewWriter(to).WriteAll(append([][]string{titles}, rows...))
		}
		objects := make([]map[string]string, len(rows))
		for i, row := range rows {
			objects[i] = map[string]string{}
			for c, title := range titles {
				objects[i][strings.ReplaceAll(strings.ToLower(title), " ", "_")] = row[c]
			}
		}
		out := json.NewEncoder(to)
		if format == ".json" {
			out.SetIndent("", "  ")
			return len(rows), out.Encode(objects)
		}
		var err error
		for _, o := range objects {
			err = errors.Join(err, out.Encode(o))
		}
		return len(rows), err
	})
}
