package ops

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/knockops/knockops/client"
)

func TestRepeatWords(t *testing.T) {
	for text, want := range map[string]string{
		"every Monday and Friday at 09:00":  "every Monday and Friday at 09:00",
		"weekly mon,fri 9:00":               "every Monday and Friday at 09:00",
		"mon tue wed 7:05":                  "every Monday, Tuesday and Wednesday at 07:05",
		"daily 9:30":                        "every day at 09:30",
		"every day at 09:30":                "every day at 09:30",
		"every 2 weeks on mon at 09:00":     "every 2 weeks on Monday at 09:00",
		"monthly on day 1 at 08:00":         "every month on day 1 at 08:00",
		"every month on day 31":             "every month on day 31 at 00:00",
		"hourly at :15":                     "every hour at :15",
		"every 3 hours":                     "every 3 hours at :00",
		"daily 09:00; every Saturday 10:00": "every day at 09:00; every Saturday at 10:00",
		"every 2 days at 23:59":             "every 2 days at 23:59",
	} {
		rules, err := ParseRepeat(text)
		if got := RepeatWords(rules); err != nil || got != want {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", "sometimes", "daily 25:00", "daily 9:5", "daily 9:00 10:00", "monthly day 32", "every 0 days", "2 mon", "daily;", "every 2 2 days", "daily daily", "hourly at 9:15", "daily on day 3 at 9:00", "mon on day 3"} {
		if rules, err := ParseRepeat(text); err == nil || !strings.Contains(err.Error(), "does not say when") {
			t.Errorf("%q: %+v, %v", text, rules, err)
		}
	}
	if RepeatWords(nil) != "once" {
		t.Error("no rule is once")
	}
}

func TestRepeatWordsAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := client.RepeatRule{Frequency: rapid.SampledFrom([]string{"hourly", "daily", "weekly", "monthly"}).Draw(t, "frequency"), Interval: rapid.IntRange(1, 9).Draw(t, "interval"), Minutes: rapid.IntRange(0, 59).Draw(t, "minutes")}
		if r.Frequency != "hourly" {
			r.Hours = rapid.IntRange(0, 23).Draw(t, "hours")
		}
		switch r.Frequency {
		case "weekly":
			r.Days = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}), 1, 7, rapid.ID).Draw(t, "days")
		case "monthly":
			r.DayOfMonth = rapid.IntRange(1, 31).Draw(t, "day")
		}
		words := RepeatWords([]client.RepeatRule{r})
		if back, err := ParseRepeat(words); err != nil || len(back) != 1 || !reflect.DeepEqual(back[0], r) {
			t.Fatalf("%+v is %q, and that %+v, %v", r, words, back, err)
		}
	})
}

func TestSchedulesAreToldInTheirZone(t *testing.T) {
	now := time.Date(2026, 11, 30, 6, 0, 0, 0, time.UTC)
	daily := []client.RepeatRule{{Frequency: "daily", Hours: 9}}
	for _, x := range []struct {
		of         client.Schedule
		when, next string
	}{
		{client.Schedule{Repeats: daily, Timezone: "Europe/Berlin", NextOccurrenceAt: now.Add(3*time.Hour + time.Minute)}, "every day at 09:00 Europe/Berlin", "in 3h, "},
		{client.Schedule{Repeats: daily, NextOccurrenceAt: now.Add(-time.Minute)}, "every day at 09:00 account time", "due, "},
		{client.Schedule{Timezone: "Europe/Berlin"}, "once", ""},
	} {
		if x.next != "" {
			x.next += x.of.NextOccurrenceAt.Local().Format("Jan 02 15:04 MST")
		}
		if when, next := ScheduleWords(x.of), NextWords(x.of, now); when != x.when || next != x.next {
			t.Errorf("%q, %q; want %q, %q", when, next, x.when, x.next)
		}
	}
}
