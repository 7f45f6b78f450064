package client

import (
	"context"
	"errors"
	"iter"
)

// defaultPageSize is also the most that Knock gives.
const defaultPageSize = 50

// Cursor is a place in a list and how much to read from it. The zero Cursor is the first 50.
type Cursor struct {
	After, Before string // of the page that was read before; at most one of them
	Size          int    // 1 to 50; 0 means 50
}

// Page is one page of a list with the cursors to its neighbours, empty where there is none.
// Knock gives no total count.
type Page[T any] struct {
	Items         []T
	After, Before string
}

// All reads page after page, one request at a time and only when the caller wants more. It stops with the first
// error, which it yields beside a zero T, and asks for nothing more once the caller stops.
func All[T any](ctx context.Context, page func(context.Context, Cursor) (Page[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		var at Cursor
		for {
			p, err := page(ctx, at)
			if err != nil {
				yield(zero, err)
				return
			}
			for _, item := range p.Items {
				if !yield(item, nil) {
					return
				}
			}
			switch p.After {
			case "":
				return
			case at.After:
				yield(zero, errors.New("the list is cut short here: Knock gave the same page cursor twice"))
				return
			}
			at.After = p.After
		}
	}
}

// wirePage is a page as Knock sends it: some lists call their rows entries, others items.
type wirePage[T any] struct {
	Entries  []T `json:"entries"`
	Items    []T `json:"items"`
	PageInfo struct {
		After  string `json:"after"`
		Before string `json:"before"`
	} `json:"page_info"`
}

func (w wirePage[T]) page() Page[T] {
	items := w.Items
	if items == nil {
		items = w.Entries
	}
	return Page[T]{Items: items, After: w.PageInfo.After, Before: w.PageInfo.Before}
}

// list makes a call that passed its check and is answered with a page.
func list[T any](ctx context.Context, c *Client, x call, invalid error, at Cursor) (Page[T], error) {
	if err := firstError(invalid, at.check()); err != nil {
		return Page[T]{}, err
	}
	size := "page_size"
	if x.api == management {
		size = "limit"
	}
	x.query.number(size, at.size())
	x.query.text("after", at.After)
	x.query.text("before", at.Before)
	var w wirePage[T]
	_, err := c.do(ctx, x, &w)
	return w.page(), err
}

func (at Cursor) check() error {
	if at.Size < 0 || at.Size > defaultPageSize {
		return invalid("page size", "is %d, allowed are 1 to %d", at.Size, defaultPageSize)
	}
	if at.After != "" && at.Before != "" {
		return invalid("cursor", "is both after and before, one of them is allowed")
	}
	return nil
}

func (at Cursor) size() int {
	if at.Size == 0 {
		return defaultPageSize
	}
	return at.Size
}
