package emulator

import (
	"fmt"
	"net/url"
	"time"
)

// askEverything sends requests of every kind.
func askEverything(b *bed) {
	b.must("PUT", "/v1/users/ann", m{"email": "ann@acme.test", "phone_number": "+15550177", "plan": "pro", "created_at": "2024-01-01T00:00:00Z",
		"channel_data": m{"apns": m{"tokens": list("a-token"), "devices": list()}}})
	b.must("GET", "/v1/users/ann", nil)
	b.must("PUT", "/v1/objects/projects/p1", m{"name": "P1"})
	b.must("GET", "/v1/objects/projects/p1", nil)
	b.must("PUT", "/v1/tenants/initech", m{"name": "Initech"})
	for _, path := range []string{"/v1/users", "/v1/users?page_size=2", "/v1/objects/projects", "/v1/tenants", "/v1/tenants/globex"} {
		b.must("GET", path, nil)
	}
	for _, base := range []string{"/v1/users/dana", "/v1/objects/projects/atlas"} {
		b.must("PUT", base+"/preferences/default", m{"channel_types": m{"sms": false}, "categories": m{"digest": m{"channel_types": m{"email": true}}}})
		b.must("PUT", base+"/channel_data/"+b.channels["apns"].id.String(), m{"data": m{"tokens": list("x"), "devices": list(m{"token": "x"})}})
		for _, path := range []string{"/preferences", "/preferences/default", "/messages", "/schedules", "/subscriptions", "/channel_data/" + b.channels["apns"].id.String()} {
			b.must("GET", base+path, nil)
		}
		b.must("DELETE", base+"/channel_data/"+b.channels["apns"].id.String(), nil)
	}
	b.must("POST", "/v1/objects/projects/p1/subscriptions", m{"recipients": list("ann", "dana"), "properties": m{"role": "lead"}})
	b.must("GET", "/v1/objects/projects/p1/subscriptions", nil)
	b.must("DELETE", "/v1/objects/projects/p1/subscriptions", m{"recipients": list("dana")})

	b.trigger("order-shipped", m{"recipients": list("ann"), "data": m{"order_id": "o1"}})
	b.trigger("payment-failed", m{"recipients": list("dana"), "data": m{"amount": 900, "nested": m{"a": list(1, 2)}}, "tenant": "acme", "actor": "ann"})
	b.trigger("welcome", m{"recipients": list("ann", m{"id": "bob", "email": "bob@acme.test", "$trigger_data": m{"x": 1}}, m{"collection": "projects", "id": "p1"}), "actor": "dana"})
	b.trigger("audit-log", m{"recipients": list("ann"), "data": m{"action": "x"}})
	b.trigger("invite-reminder", m{"recipients": list("ann"), "cancellation_key": "k1", "data": m{"project": "P1"}})
	b.must("POST", "/v1/workflows/invite-reminder/cancel", m{"cancellation_key": "k1", "recipients": list("ann")})
	b.pass(20 * time.Minute)

	seen := map[string]bool{}
	for cursor := ""; ; {
		page := b.must("GET", "/v1/workflow_recipient_runs?page_size=50&after="+cursor, nil)
		for _, item := range page.items("items") {
			r := item.(m)
			if kind := fmt.Sprint(r["workflow"], r["status"]); !seen[kind] {
				seen[kind] = true
				b.must("GET", "/v1/workflow_recipient_runs/"+r["id"].(string), nil)
			}
		}
		if cursor = page.text("page_info", "after"); cursor == "" {
			break
		}
	}
	b.must("GET", "/v1/workflow_recipient_runs?status[]=paused&status[]=queued&workflow=invite-reminder&has_errors=false", nil)
	askAboutMessages(b)
	askSchedules(b)
	askPreferences(b)
	askBulk(b)
	askAudiences(b)
	askInApp(b)
	askProviders(b)
	askManagement(b)
	b.must("DELETE", "/v1/users/ann", nil)
	b.must("DELETE", "/v1/objects/projects/p1", nil)
}

func askAboutMessages(b *bed) {
	kinds := map[string]string{}
	b.look(func() {
		for _, msg := range b.messages.all {
			if msg.who.collection == "" && msg.step.channel.Type != "http" { // the contract has no one answer for the others
				kinds[msg.step.channel.Type+" "+msg.status] = msg.id
			}
		}
	})
	for _, id := range kinds {
		for _, path := range []string{"", "/content", "/events", "/delivery_logs", "/activities"} {
			b.must("GET", "/v1/messages/"+id+path, nil)
		}
		b.must("GET", "/v1/messages/batch/content?message_ids[]="+id, nil)
		for done, undone := range engagements {
			if done == "link_clicked" {
				continue
			}
			b.must("PUT", "/v1/messages/"+id+"/"+done, m{})
			b.must("POST", "/v1/messages/batch/"+done, m{"message_ids": list(id)})
			if undone != "" {
				b.must("DELETE", "/v1/messages/"+id+"/"+done, nil)
				b.must("DELETE", "/v1/messages/"+id+"/"+undone, nil)
				b.must("POST", "/v1/messages/batch/"+undone, m{"message_ids": list(id)})
			}
		}
	}
	for cursor := ""; ; {
		page := b.must("GET", "/v1/messages?after="+cursor, nil)
		if cursor = page.text("page_info", "after"); cursor == "" {
			break
		}
	}
	op := b.must("POST", "/v1/channels/"+b.channels["in-app-feed"].id.String()+"/messages/bulk/archived", m{"workflows": list("welcome"), "newer_than": "2000-01-01T00:00:00Z"})
	b.must("GET", "/v1/bulk_operations/"+op.text("id"), nil)
	b.pass(time.Minute)
	if got := b.must("GET", "/v1/bulk_operations/"+op.text("id"), nil).text("status"); got != "completed" {
		b.Errorf("the bulk operation is %s after a minute", got)
	}
}

func askSchedules(b *bed) {
	made := b.must("POST", "/v1/schedules", m{"workflow": "weekly-digest", "recipients": list("ann"), "repeats": list(m{"frequency": "daily", "hours": 7})})
	b.must("GET", "/v1/schedules?workflow=weekly-digest&recipients[]=ann", nil)
	b.must("PUT", "/v1/schedules", m{"schedule_ids": list(made.text(0, "id")), "ending_at": "2030-01-01T00:00:00Z", "actor": "dana", "tenant": "acme"})
	b.must("POST", "/v1/schedules/bulk/create", m{"schedules": list(m{"workflow": "welcome", "recipient": "ann", "scheduled_at": "2030-01-01T00:00:00Z"})})
	b.must("DELETE", "/v1/schedules", m{"schedule_ids": list(made.text(0, "id"))})
}

func askManagement(b *bed) {
	shipped := m{"type": "track", "event": "Order Shipped", "userId": "dana", "messageId": "m1", "properties": m{"order_id": "o9"}}
	for _, event := range []m{shipped, shipped, {"type": "track", "event": "Newsletter Requested", "userId": "dana"}, {"type": "track", "event": "Cart Abandoned"}} {
		b.must("POST", ingestPath+"src_shop", event)
	}
	for _, path := range []string{
		"/v1/whoami", "/v1/environments", "/v1/environments/development", "/v1/channels", "/v1/channels/postmark",
		"/v1/workflows?environment=development&limit=4", "/v1/sources?environment=development&include[]=environment_settings",
		"/v1/sources/shop?environment=development", "/v1/sources/shop/status?environment=development",
		"/v1/sources/shop/logs?environment=development&include[]=actions", "/v1/sources/shop/events?environment=development",
	} {
		b.must("GET", path, nil)
	}
	for _, wf := range b.order {
		b.must("GET", "/v1/workflows/"+wf.Key+"?environment=development", nil)
	}
	b.must("PUT", "/v1/workflows/welcome/activate?environment=development", m{"status": false})
	b.must("POST", "/v1/api_keys/exchange?environment=development", nil)
	b.must("GET", "/v1/workflows?environment=development&limit=100&annotate=true", nil)
	own := m{"name": "Own", "steps": list(
		m{"ref": "wait", "type": "delay", "settings": m{"delay_for": m{"unit": "minutes", "value": 5}}},
		m{"ref": "mail", "type": "channel", "channel_key": "postmark", "channel_type": "email", "template": m{"subject": "Hi {{ recipient.name }}", "html_body": "<b>{{ data.x }}</b>", "settings": m{"layout_key": "default"}}},
	)}
	b.must("PUT", "/v1/workflows/own/validate?environment=development", m{"workflow": own})
	b.must("PUT", "/v1/workflows/own?environment=development", m{"workflow": own})
	b.must("PUT", "/v1/sources/shop?environment=development", m{"source": m{"name": "Shop", "environment_settings": m{"development": m{"mappings": list(
		m{"event_type": "Order Shipped", "action_type": "workflows_trigger", "action_parameters": m{"key": "order-shipped", "recipients": "userId"}})}}}})
	b.must("GET", "/v1/sources/shop/status?environment=development", nil)
	b.must("POST", "/v1/sources/shop/rehearse?environment=development", m{"payload": m{"type": "track", "event": "Order Shipped", "userId": "dana"}})
	b.must("POST", "/v1/sources/shop/rehearse?environment=development", m{"payload": m{"type": "page"}})
	b.must("PUT", "/v1/commits?environment=development&commit_message=All", nil)
	b.must("PUT", "/v1/workflows/own/run?environment=development", m{"recipients": list("dana", m{"id": "new", "email": "new@acme.test"}), "data": m{"x": 1}})
	b.must("POST", "/v1/workflows/own/steps/mail/preview_template?environment=development", m{"recipient": "dana", "data": m{"x": 1}})
	commits := b.must("GET", "/v1/commits?environment=development&resource_type=workflow&promoted=false", nil)
	b.must("GET", "/v1/commits/"+commits.text("entries", 0, "id"), nil)
	b.must("PUT", "/v1/commits/"+commits.text("entries", 0, "id")+"/promote", nil)
	b.must("PUT", "/v1/commits/promote?to_environment=production", nil)
	b.must("GET", "/v1/commits?environment=production", nil)
}

func askPreferences(b *bed) {
	for _, base := range []string{"/v1/users/dana", "/v1/objects/projects/atlas"} {
		set := base + "/preferences/acme"
		b.must("PUT", set+"/workflows", m{"welcome": true})
		b.must("PUT", set+"/workflows/welcome", m{"channel_types": m{"email": false}})
		b.must("PUT", set+"/categories", m{"billing": m{"channel_types": m{"sms": m{"conditions": list(m{"variable": "recipient.plan", "operator": "equal_to", "argument": "pro"})}}}})
		b.must("PUT", set+"/categories/billing", m{"subscribed": false})
		b.must("PUT", set+"/channel_types", m{"email": true})
		b.must("PUT", set+"/channel_types/email", m{"subscribed": true})
		b.must("GET", base+"/preferences", nil)
		b.must("DELETE", set, nil)
	}
	b.must("GET", "/v1/users/dana/preferences/default?tenant=globex", nil)
	b.must("GET", "/v1/users/dana/preference_center/config", nil)
	b.must("POST", "/v1/users/dana/preference_center/signed_url", nil)
	b.must("POST", "/v1/users/bulk/preferences", m{"user_ids": list("dana"), "preferences": m{"id": "acme", "channel_types": m{"email": false}}})
	b.must("GET", "/v1/tenants/globex?resolve_full_preference_settings=true", nil)
}

func askBulk(b *bed) {
	b.must("POST", "/v1/users/bulk/identify", m{"users": list(m{"id": "cleo", "email": "cleo@acme.test"}, m{"id": "carl"})})
	b.must("POST", "/v1/objects/projects/bulk/set", m{"objects": list(m{"id": "p2", "name": "P2"})})
	b.must("POST", "/v1/tenants/bulk/set", m{"tenants": list("hooli", m{"id": "vandelay", "name": "Vandelay"})})
	b.pass(time.Second)
	b.must("POST", "/v1/objects/projects/bulk/subscriptions/add", m{"subscriptions": list(m{"id": "p2", "recipients": list("cleo")})})
	b.pass(time.Second)
	b.must("GET", "/v1/users/cleo/subscriptions?include[]=preferences&objects[][id]=p2&objects[][collection]=projects", nil)
	b.must("POST", "/v1/users/cleo/merge", m{"from_user_id": "carl"})
	b.must("POST", "/v1/objects/projects/bulk/subscriptions/delete", m{"subscriptions": list(m{"id": "p2", "recipients": list("cleo")})})
	b.must("POST", "/v1/users/bulk/delete", m{"user_ids": list("cleo")})
	b.must("POST", "/v1/tenants/bulk/delete?tenant_ids[]=hooli", nil)
	b.must("DELETE", "/v1/tenants/vandelay", nil)
	gone := b.must("POST", "/v1/objects/projects/bulk/delete", m{"object_ids": list("p2", "nobody")})
	b.pass(time.Second)
	if op := b.must("GET", "/v1/bulk_operations/"+gone.text("id"), nil); op.at("error_count") != 1.0 {
		b.Errorf("a bulk operation over one of two: %s", op.Body)
	}
}

func askAudiences(b *bed) {
	b.must("POST", "/v1/audiences/beta/members?create_audience=true", m{"members": list(m{"user": m{"id": "dana"}, "tenant": "acme"}, m{"user": m{"id": "bea", "name": "Bea"}})})
	b.must("GET", "/v1/audiences/beta/members", nil)
	b.must("DELETE", "/v1/audiences/beta/members", m{"members": list(m{"user": m{"id": "bea"}})})
	b.must("POST", "/v1/notify", m{"name": "welcome", "recipients": list("dana"), "actor": "ann", "cancellation_key": "n1"})
	b.must("POST", "/v1/notify/cancel", m{"name": "welcome", "cancellation_key": "n1"})
}

func askInApp(b *bed) {
	feed := "/v1/users/dana/feeds/" + b.channels["in-app-feed"].id.String()
	for _, query := range []string{"", "?status=unread&archived=include&page_size=2", "?mode=compact&has_tenant=false&inserted_at[gt]=2000-01-01T00:00:00Z"} {
		b.must("GET", feed+query, nil)
	}
	b.must("GET", "/v1/users/nobody/feeds/in-app-feed", nil)
	b.must("GET", feed+"/settings", nil)
	base, ch := "/v1/users/dana/guides/", b.channels["guides"].id.String()
	guides := b.must("GET", base+ch+"?data="+`{"a":1}`, nil)
	step := m{"channel_id": ch, "guide_key": guides.text("entries", 0, "key"), "guide_id": guides.text("entries", 0, "id"), "guide_step_ref": "step_1", "content": m{}}
	for _, what := range []string{"seen", "interacted", "archived"} {
		b.must("PUT", base+"messages/"+what, step)
		b.must("PUT", base+"messages/any/"+what, step)
		b.must("GET", base+ch, nil)
	}
	b.must("DELETE", base+"messages/archived", m{"guide_key": step["guide_key"]})
	b.must("PUT", base+"engagements/reset", m{"guide_key": step["guide_key"]})
}

func askProviders(b *bed) {
	object := "/v1/objects/projects/atlas/channel_data/"
	b.must("PUT", object+b.channels["slack"].id.String(), m{"data": m{"connections": list(), "token": m{"access_token": "xoxb"}}})
	b.must("PUT", object+b.channels["ms-teams"].id.String(), m{"data": m{"connections": list(), "ms_teams_tenant_id": b.channels["guides"].id.String()}})
	named := url.QueryEscape(`{"collection":"projects","object_id":"atlas"}`)
	slack := "/v1/providers/slack/" + b.channels["slack"].id.String()
	b.must("GET", slack+"/auth_check?access_token_object="+named, nil)
	b.must("GET", slack+"/channels?query_options.limit=2&access_token_object="+named, nil)
	b.must("PUT", slack+"/revoke_access?access_token_object="+named, nil)
	teams := "/v1/providers/ms-teams/" + b.channels["ms-teams"].id.String()
	b.must("GET", teams+"/auth_check?ms_teams_tenant_object="+named, nil)
	b.must("GET", teams+"/teams?ms_teams_tenant_object="+named, nil)
	b.must("GET", teams+"/channels?team_id=t&ms_teams_tenant_object="+named, nil)
	b.must("PUT", teams+"/revoke_access?ms_teams_tenant_object="+named, nil)
	b.must("GET", teams+"/auth_check?ms_teams_tenant_object="+named, nil)
	for _, path := range []string{"census/custom-destination", "hightouch/embedded-destination"} {
		for _, method := range []string{"test_connection", "list_objects", "list_fields", "supported_operations", "get_sync_speed", "sync_batch", "unknown"} {
			b.must("POST", "/v1/integrations/"+path, m{"jsonrpc": "2.0", "id": "1", "method": method, "params": m{
				"sync_plan": m{"object": m{"object_api_name": "user"}}, "object": m{"object_api_name": "user"}, "records": list(m{"id": "w1", "email": "w1@acme.test"}, m{"email": "?"}),
			}})
		}
	}
}
