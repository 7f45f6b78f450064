package emulator

import (
	"net/http"
	"slices"
)

// pageInfo is Knock's, with the cursors of the pages on both sides.
type pageInfo struct {
	Typename string  `json:"__typename"`
	After    *string `json:"after"`
	Before   *string `json:"before"`
	PageSize int     `json:"page_size"`
}

// pick selects a page of the rows that match, newest first.
func (p page) pick(listing string, rows rowSet, match func(uint32) bool) ([]uint32, pageInfo) {
	info := pageInfo{Typename: "PageInfo", PageSize: p.size}
	var picked []uint32
	more := false
	take := func(row uint32) bool {
		if !match(row) {
			return true
		}
		if len(picked) == p.size {
			more = true
			return false
		}
		picked = append(picked, row)
		return true
	}
	backwards := p.before >= 0 && p.after < 0
	if backwards {
		rows.up(p.before)(take)
		slices.Reverse(picked)
	} else {
		below := uint32(noBound)
		if p.after >= 0 {
			below = uint32(p.after)
		}
		rows.down(below)(take)
	}
	if len(picked) == 0 {
		return nil, info
	}
	if backwards || more {
		info.After = cursor(listing, picked[len(picked)-1])
	}
	if p.after >= 0 || backwards && more {
		info.Before = cursor(listing, picked[0])
	}
	return picked, info
}

// listing answers with a page. member is what the API calls its rows: items or
// entries.
func (q *query) listing(name, member string, rows rowSet, match func(uint32) bool, row func(uint32) any) (int, any, *apiError) {
	sizeName, largest := "page_size", largestPage
	if q.route.access == managed {
		sizeName, largest = "limit", largestManagedPage
	}
	p := q.page(name, sizeName, largest)
	q.unknown()
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	picked, info := p.pick(name, rows, match)
	items := make([]any, len(picked))
	for i, n := range picked {
		items[i] = row(n)
	}
	return http.StatusOK, fields{member: items, "page_info": info}, nil
}

func every(uint32) bool { return true }
