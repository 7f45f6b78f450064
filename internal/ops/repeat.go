package ops

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/knockops/knockops/client"
)

// weekdays are the days as Knock names them, with their English names.
var weekdays = [][2]string{
	{"mon", "Monday"}, {"tue", "Tuesday"}, {"wed", "Wednesday"}, {"thu", "Thursday"}, {"fri", "Friday"}, {"sat", "Saturday"}, {"sun", "Sunday"},
}

// units are the frequencies with what they count.
var units = [][2]string{{"hourly", "hour"}, {"daily", "day"}, {"weekly", "week"}, {"monthly", "month"}}

// RepeatWords says when a schedule comes round: "every Monday and Friday at 09:00"; "once" without a rule. The time is
// the recipient's own, or the account's for one without a time zone (Knock's documentation, Account timezone). [ParseRepeat] reads it back.
func RepeatWords(rules []client.RepeatRule) string {
	if len(rules) == 0 {
		return "once"
	}
	parts := make([]string, len(rules))
	for i, r := range rules {
		parts[i] = ruleWords(r)
	}
	return strings.Join(parts, "; ")
}

func ruleWords(r client.RepeatRule) string {
	days := make([]string, len(r.Days))
	for i, d := range r.Days {
		days[i] = d
		if at := slices.IndexFunc(weekdays, func(w [2]string) bool { return w[0] == d }); at >= 0 {
			days[i] = weekdays[at][1]
		}
	}
	on, unit := listed(days), r.Frequency
	if at := slices.IndexFunc(units, func(u [2]string) bool { return u[0] == r.Frequency }); at >= 0 {
		unit = units[at][1]
	}
	words := "every " + unit
	switch {
	case r.Interval > 1:
		words = fmt.Sprintf("every %d %ss", r.Interval, unit)
	case on != "" && r.Frequency == "weekly":
		words, on = "every "+on, ""
	}
	if on != "" {
		words += " on " + on
	}
	if r.DayOfMonth > 0 {
		words += fmt.Sprintf(" on day %d", r.DayOfMonth)
	}
	if r.Frequency == "hourly" {
		return words + fmt.Sprintf(" at :%02d", r.Minutes)
	}
	return words + fmt.Sprintf(" at %02d:%02d", r.Hours, r.Minutes)
}

// listed joins names: "a, b and c".
func listed(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// ParseRepeat reads when a schedule comes round: "every Monday and Friday at 09:00", "daily 9:30", "every 2 weeks on
// mon at 09:00", "monthly on day 1 at 08:00", "hourly at :15"; several rules apart by semicolons.
func ParseRepeat(text string) ([]client.RepeatRule, error) {
	var rules []client.RepeatRule
	for part := range strings.SplitSeq(text, ";") {
		r, err := parseRule(part)
		if err != nil {
			return nil, err
		}
		rules = append(rules, r)
	}
	return rules, nil
}

const repeatExample = "write it like: every Monday and Friday at 09:00, daily at 9:30, every 2 weeks on mon at 09:00, monthly on day 1 at 08:00, hourly at :15"

func parseRule(text string) (r client.RepeatRule, err error) {
	refuse := func(word string) (client.RepeatRule, error) {
		return r, fmt.Errorf("%q does not say when: %s", word, repeatExample)
	}
	words := strings.Fields(strings.ToLower(strings.ReplaceAll(text, ",", " ")))
	timed := false
	for i := 0; i < len(words); i++ {
		word := words[i]
		isUnit := func(u [2]string) bool { return word == u[0] || word == u[1] || word == u[1]+"s" }
		isDay := func(d [2]string) bool { return word == d[0] || word == strings.ToLower(d[1]) }
		n, notNumber := strconv.Atoi(word)
		switch {
		case slices.Contains([]string{"every", "on", "at", "and", "of", "the"}, word):
		case word == "day" && r.Frequency != "" && i+1 < len(words): // of the month
			if r.DayOfMonth, err = strconv.Atoi(words[i+1]); err != nil || r.DayOfMonth < 1 || r.DayOfMonth > 31 {
				return refuse(words[i+1])
			}
			i++
		case slices.ContainsFunc(units, isUnit) && r.Frequency == "":
			r.Frequency = units[slices.IndexFunc(units, isUnit)][0]
		case slices.ContainsFunc(weekdays, isDay):
			r.Days = append(r.Days, weekdays[slices.IndexFunc(weekdays, isDay)][0])
		case notNumber == nil && n > 0 && r.Interval == 0 && r.Frequency == "":
			r.Interval = n
		case strings.Contains(word, ":") && !timed:
			if r.Hours, r.Minutes, timed = clockTime(word); !timed {
				return refuse(word)
			}
		default:
			return refuse(word)
		}
	}
	switch {
	case r.Frequency == "" && len(r.Days) > 0 && r.Interval == 0:
		r.Frequency = "weekly"
	case r.Frequency == "", r.DayOfMonth > 0 && r.Frequency != "monthly", r.Hours > 0 && r.Frequency == "hourly":
		return refuse(strings.TrimSpace(text))
	}
	if r.Interval == 0 {
		r.Interval = 1
	}
	return r, nil
}

// clockTime reads 09:30, or :30 for the minute of an hour.
func clockTime(s string) (hours, minutes int, ok bool) {
	h, m, _ := strings.Cut(s, ":")
	minutes, err := strconv.Atoi(m)
	if err != nil || minutes < 0 || minutes > 59 || len(m) != 2 {
		return 0, 0, false
	}
	if h == "" {
		return 0, minutes, true
	}
	hours, err = strconv.Atoi(h)
	return hours, minutes, err == nil && hours >= 0 && hours < 24
}
