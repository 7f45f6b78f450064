package config

import (
	"strings"
	"testing"
)

func TestWithoutSecrets(t *testing.T) {
	for s, want := range map[string]string{
		"plain words: a/b?c":                       "plain words: a/b?c",
		"to https://me:hush@x.example/hook now":    "to https://…@x.example/hook now",
		"to https://me:hu/sh@x.example":            "to https://…@x.example",
		`"https://x.example/in?token=hush" failed`: `"https://x.example/in?…" failed`,
		"https://x.example/in#hush":                "https://x.example/in?…",
		"seed SUAGMJH5XLGZKQQWAWKRZJIGMOU4HPFUYLXJMXOO5NLFEO2OOQJ5LPRDPM, not SUAGMJH5": "seed …, not SUAGMJH5",
		"with sk_test_hush and whsec_hush, knock_st_hush":                               "with … and …, …",
	} {
		if got := WithoutSecrets(s); got != want || strings.Contains(got, "hush") {
			t.Errorf("%s: %s", s, got)
		}
	}
}
