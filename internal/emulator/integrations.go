package emulator

import (
	"fmt"
	"net/http"
)

// warehouseObjects are what a data warehouse can sync into Knock.
var warehouseObjects = map[string][]string{
	"user":   {"id", "name", "email", "phone_number", "avatar", "timezone", "locale"},
	"tenant": {"id", "name"},
}

// answerRPC answers the JSON-RPC calls of Census and Hightouch. What a batch
// holds is identified.
func answerRPC(e *Emulator, q *query) (int, any, *apiError) {
	body := q.object()
	id, version, method := q.bad.text(body, "id"), q.bad.text(body, "jsonrpc"), q.bad.text(body, "method")
	for name, value := range map[string]string{"id": id, "jsonrpc": version, "method": method} {
		if value == "" {
			q.bad.add(name, "required", "can't be blank")
		}
	}
	params := q.bad.entries("", "params", body)
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	out := fields{"jsonrpc": "2.0", "id": id}
	result := e.callRPC(method, params)
	if result == nil {
		out["error"] = fields{"code": -32601, "message": fmt.Sprintf("There is no method %q", method)}
	} else {
		out["result"] = result
	}
	return http.StatusOK, out, nil
}

func (e *Emulator) callRPC(method string, params map[string]any) fields {
	switch method {
	case "test_connection":
		return fields{"success": true}
	case "list_objects":
		return fields{"objects": []fields{
			{"object_api_name": "user", "label": "User", "can_create_fields": "on_write"},
			{"object_api_name": "tenant", "label": "Tenant", "can_create_fields": "on_write"},
		}}
	case "list_fields":
		object, _ := params["object"].(map[string]any)
		name, _ := object["object_api_name"].(string)
		list := []fields{}
		for _, field := range warehouseObjects[name] {
			list = append(list, fields{
				"field_api_name": field, "label": field, "identifier": field == "id", "required": field == "id", "createable": true,
				"updateable": field != "id", "type": "string", "array": false,
			})
		}
		return fields{"fields": list}
	case "supported_operations":
		return fields{"operations": []string{"upsert"}}
	case "get_sync_speed":
		return fields{"maximum_batch_size": 1000, "maximum_parallel_batches": 1, "maximum_records_per_second": 1000}
	case "sync_batch":
		return e.syncBatch(params)
	}
	return nil
}

// syncBatch identifies the batch's records, each by its id.
func (e *Emulator) syncBatch(params map[string]any) fields {
	plan, _ := params["sync_plan"].(map[string]any)
	object, _ := plan["object"].(map[string]any)
	records, _ := params["records"].([]any)
	results := []fields{}
	for _, item := range records {
		record, _ := item.(map[string]any)
		id, _ := record["id"].(string)
		var bad problems
		e.checkProperties(&bad, "", record)
		switch {
		case id == "" || len(bad) > 0:
			results = append(results, fields{"identifier": id, "success": false, "error_message": fmt.Sprint("The record cannot be identified: ", bad)})
			continue
		case object["object_api_name"] == "tenant":
			e.setTenant(id, record)
		default:
			e.identify(ref{id: id}, record)
		}
		results = append(results, fields{"identifier": id, "success": true})
	}
	return fields{"record_results": results}
}
