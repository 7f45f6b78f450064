package editor

import (
	"slices"
	"strings"
)

// Insert puts text at the cursor, as a paste does.
func (e *Editor) Insert(s string) {
	if s == "" {
		return
	}
	e.remember()
	e.typing = false
	e.insert(s)
}

// typeText inserts what was typed; a run of it is undone at once.
func (e *Editor) typeText(s string) {
	if !e.typing {
		e.remember()
	}
	e.insert(s)
	e.typing = true
}

func (e *Editor) insert(s string) {
	parts := e.split(s)
	line := e.lines[e.row]
	before, after := line[:e.col], line[e.col:]
	last := len(parts) - 1
	e.col = len(parts[last])
	if last == 0 {
		e.col += len(before)
	}
	parts[0] = before + parts[0]
	parts[last] += after
	e.lines = slices.Replace(e.lines, e.row, e.row+1, parts...)
	e.row += last
	// What was inserted may have joined the character behind it.
	e.col = boundary(e.lines[e.row], e.col)
	e.changed()
}

// newline breaks the line and indents the next one as this one is.
func (e *Editor) newline() {
	line := e.lines[e.row][:e.col]
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	e.Insert("\n" + indent)
}

// remove deletes from one place to another, in either order.
func (e *Editor) remove(row, col int) {
	fromRow, fromCol, toRow, toCol := row, col, e.row, e.col
	if fromRow > toRow || fromRow == toRow && fromCol > toCol {
		fromRow, fromCol, toRow, toCol = toRow, toCol, fromRow, fromCol
	}
	if fromRow == toRow && fromCol == toCol {
		return
	}
	e.remember()
	e.typing = false
	joined := e.lines[fromRow][:fromCol] + e.lines[toRow][toCol:]
	e.lines = slices.Replace(e.lines, fromRow, toRow+1, joined)
	e.row, e.col = fromRow, boundary(joined, fromCol)
	e.changed()
}

func (e *Editor) left1() (row, col int) {
	switch {
	case e.col > 0:
		return e.row, before(e.lines[e.row], e.col)
	case e.row > 0:
		return e.row - 1, len(e.lines[e.row-1])
	}
	return e.row, e.col
}

func (e *Editor) right1() (row, col int) {
	switch {
	case e.col < len(e.lines[e.row]):
		return e.row, after(e.lines[e.row], e.col)
	case e.row < len(e.lines)-1:
		return e.row + 1, 0
	}
	return e.row, e.col
}

func (e *Editor) wordLeft() (row, col int) {
	if e.col == 0 {
		return e.left1()
	}
	line := strings.TrimRightFunc(e.lines[e.row][:e.col], notInWord)
	return e.row, len(strings.TrimRightFunc(line, inWord))
}

func (e *Editor) wordRight() (row, col int) {
	rest := e.lines[e.row][e.col:]
	if rest == "" {
		return e.right1()
	}
	end := strings.TrimLeftFunc(strings.TrimLeftFunc(rest, notInWord), inWord)
	return e.row, boundary(e.lines[e.row], len(e.lines[e.row])-len(end))
}

func (e *Editor) goTo(row, col int) {
	e.row, e.col = row, boundary(e.lines[row], col)
	e.moved()
}

// vertical moves the cursor n lines down and keeps aiming at the column that
// it started from.
func (e *Editor) vertical(n int) {
	goal := e.goal
	if goal < 0 {
		goal = columnOf(e.lines[e.row], e.col)
	}
	e.row = min(max(0, e.row+n), len(e.lines)-1)
	e.col = offsetOf(e.lines[e.row], goal)
	e.moved()
	e.goal = goal
}
