package ops

import (
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/termtext"
)

// zonedTime is a moment to the minute, with the zone that the clock stands in.
const zonedTime = "2006-01-02 15:04 MST"

// ScheduleWords say when a schedule comes round, and by whose clock: "every Monday at 09:00 Europe/Berlin".
func ScheduleWords(s client.Schedule) string {
	words := RepeatWords(s.Repeats)
	switch {
	case len(s.Repeats) == 0:
		return words
	case s.Timezone == "":
		return words + " account time" // of a recipient without a zone
	}
	return words + " " + s.Timezone
}

// farAhead is from when on a date is told with its year.
const farAhead = 300 * 24 * time.Hour

// NextWords say when a schedule comes round next: "in 3h, Nov 30 09:00 CET"; "" where it never does again.
func NextWords(s client.Schedule, now time.Time) string {
	at := s.NextOccurrenceAt
	left, layout := at.Sub(now), "Jan 02 15:04 MST"
	if left > farAhead {
		layout = zonedTime
	}
	switch {
	case at.IsZero():
		return ""
	case left < time.Second:
		return "due, " + at.Local().Format(layout)
	}
	return "in " + termtext.Age(left) + ", " + at.Local().Format(layout)
}
