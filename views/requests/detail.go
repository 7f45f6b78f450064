package requests

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/detailpage"
	"github.com/knockops/knockops/views/internal/nav"
)

// detailOf is the page of one request.
func detailOf(log *ops.RequestLog) ui.Page {
	return ui.Page{
		Name: nav.RequestPage, Title: "Request", Hidden: true, Scopes: detailpage.Scopes,
		Open: func(env ui.Env, p ui.Params) ui.View {
			return detailpage.New(env, detailpage.Spec[ops.Logged]{
				Noun: "request", Crumb: func() string { return "#" + p[nav.ID] },
				CopyOf: "request id", Copied: func(x ops.Logged) string { return x.RequestID },
				Read: func(context.Context) (ops.Logged, error) {
					n, _ := strconv.Atoi(p[nav.ID])
					x, ok := log.Get(n)
					if !ok {
						return x, fmt.Errorf("request %s is not kept: the last %s are", p[nav.ID], termtext.Count(ops.RequestsKept))
					}
					return x, nil
				},
				Draw: draw,
			})
		},
	}
}

func draw(x ops.Logged, s *detailpage.Sheet) {
	words, ink := answer(x)
	s.Head(ink, words, x.Method+" "+x.Path)
	if x.Err != nil {
		s.Text(theme.Plain, x.Err.Error())
	}
	s.Blank()
	for _, f := range [][2]string{
		{"Host", x.Host}, {"At", x.At.Local().Format("2006-01-02 15:04:05.000 MST")}, {"Took", x.Duration.Round(time.Millisecond).String()},
		{"Attempt", strconv.Itoa(x.Attempt)}, {"Request id", x.RequestID},
	} {
		s.Fact(f[0], f[1])
	}
	if x.Query == "" {
		return
	}
	s.Section("Asked for", "")
	for pair := range strings.SplitSeq(x.Query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		s.Fact(unescaped(name), unescaped(value))
	}
}

func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}
