package users

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // so that zones are known on machines without a database

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/ui/kit/form"
)

// property is one that Knock gives a meaning.
type property struct {
	id, label, placeholder, help string
	of                           func(client.User) string
	check                        func(string) error
}

// named are the properties of a user that have a field of their own.
var named = []property{
	{"name", "Name", "Dana Scully", "", func(u client.User) string { return u.Name }, nil},
	{"email", "Email", "dana@example.com", "", func(u client.User) string { return u.Email }, checkEmail},
	{"phone_number", "Phone", "+15551234567", "E.164: a plus, the country and the number, digits only", func(u client.User) string { return u.PhoneNumber }, checkPhone},
	{"timezone", "Timezone", "Europe/Berlin", "a name of the tz database", func(u client.User) string { return u.Timezone }, checkTimezone},
	{"locale", "Locale", "en-GB", "", func(u client.User) string { return u.Locale }, checkLocale},
	{"avatar", "Avatar", "https://…", "the URL of a picture", func(u client.User) string { return u.Avatar }, checkURL},
}

func isNamed(id string) bool {
	for _, f := range named {
		if f.id == id {
			return true
		}
	}
	return id == "id"
}

// specs are the form's fields without the custom properties.
func specs(id string) []form.Spec {
	all := []form.Spec{form.Text{ID: ID, Label: "Id", Value: id, Placeholder: "user_1", Validate: checkID}}
	for _, f := range named {
		check := f.check
		all = append(all, form.Text{ID: f.id, Label: f.label, Placeholder: f.placeholder, Help: f.help, Validate: func(s string) error {
			if s = strings.TrimSpace(s); s == "" || check == nil {
				return nil
			}
			return check(s)
		}})
	}
	return all
}

func checkID(s string) error {
	err := client.CheckID("user id", s)
	if wrong := (*client.InvalidError)(nil); errors.As(err, &wrong) {
		return errors.New(wrong.Reason)
	}
	return err
}

func checkEmail(s string) error {
	if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
		return errors.New("this is not an email address")
	}
	return nil
}

var (
	e164   = regexp.MustCompile(`^\+[1-9][0-9]{1,14}$`)
	locale = regexp.MustCompile(`^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$`)
)

func checkPhone(s string) error {
	if !e164.MatchString(s) {
		return errors.New("a phone number begins with + and the country, and has digits only: +15551234567")
	}
	return nil
}

func checkTimezone(s string) error {
	if _, err := time.LoadLocation(s); err != nil || s == "Local" {
		return fmt.Errorf("the tz database has no zone %q; names are like Europe/Berlin or UTC", s)
	}
	return nil
}

func checkLocale(s string) error {
	if !locale.MatchString(s) {
		return errors.New("a locale is a language, perhaps with a region: en or en-GB")
	}
	return nil
}

func checkURL(s string) error {
	if u, err := url.Parse(s); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("enter a full URL: https://example.com/picture.png")
	}
	return nil
}
