package emulator

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
)

// getPreferenceCenter tells what the hosted preference center would show the
// user: a row for each category that a workflow has, and one for the channels.
func getPreferenceCenter(e *Emulator, q *query, rc *recipient) (int, any, *apiError) {
	var categories, types []string
	for _, wf := range e.order {
		categories = append(categories, wf.Categories...)
	}
	for _, ch := range e.world.Channels {
		types = append(types, ch.Type)
	}
	slices.Sort(categories)
	slices.Sort(types)
	types = slices.Compact(types)
	rows := []fields{}
	for _, c := range slices.Compact(categories) {
		rows = append(rows, fields{"type": "category", "identifier": c, "name": c, "description": "Messages about " + c, "channel_types": []string{}})
	}
	rows = append(rows, fields{"type": "channel_types", "identifier": nil, "name": "Channels", "description": "Where messages reach you", "channel_types": listOf(types)})
	branding := fields{"icon_url": nil, "logo_url": nil, "primary_color": "#0EA5E9", "primary_color_contrast": "#0F172A"}
	return http.StatusOK, fields{
		"account_name": e.world.Account, "enabled": true, "knock_branding_required": false, "user_email": orNull(rc.text("email")),
		"branding": fields{"icon_url": nil, "logo_url": nil, "primary_color": "#0EA5E9", "primary_color_contrast": "#0F172A", "dark": branding},
		"config":   fields{"title": "Notification preferences", "body": "Choose what you want to hear of.", "show_account_name": true, "rows": rows},
	}, nil
}

// signPreferenceCenter makes a link of the right form; nothing is served there.
func signPreferenceCenter(e *Emulator, q *query, rc *recipient) (int, any, *apiError) {
	claims, _ := json.Marshal(fields{"sub": rc.id, "env": e.environmentID(), "exp": int64((e.at + 30*day) / second)}) // text and a number
	part := base64.RawURLEncoding.EncodeToString
	token := part([]byte(`{"alg":"HS256"}`)) + "." + part(claims) + "." + part([]byte(e.ids.ksuid("preference center "+rc.id, uint64(e.at))))
	return http.StatusOK, fields{"token": token, "url": "https://p.knock.app/p/" + token}, nil
}
