package flow_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/value"
)

// asValue is anything as its JSON.
func asValue(t testing.TB, v any) any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	out, err := value.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCheck(t *testing.T) {
	const (
		workflow, steps, success, failure, reusable = "Workflow Object", "Step Object", "Success Action Object", "Failure Action Object", "Reusable Object"
		expressions, sources, order                 = "Runtime Expressions", "Source Description Object", "Step Dependencies and Execution Order"
		call                                        = "operationId: listUsers"
	)
	for _, c := range []struct {
		section, workflows, want string // "~" begins a warning
	}{
		{workflow, "- {workflowId: w, dependsOn: [v], steps: [{stepId: a, " + call + "}]}", "dependsOn v: the document has no workflow v"},
		{workflow, "- {workflowId: w, dependsOn: [v], steps: [{stepId: a, " + call + "}]}\n- {workflowId: v, dependsOn: [w], steps: [{stepId: a, " + call + "}]}", "in a circle: v → w → v"},
		{workflow, "- {workflowId: w, dependsOn: [w], steps: [{stepId: a, " + call + "}]}", "in a circle: w → w"},
		{workflow, "- {workflowId: w, dependsOn: [$sourceDescriptions.nope.v], steps: [{stepId: a, " + call + "}]}", "the document has no source nope"},
		{workflow, "- {workflowId: w, inputs: {type: 7}, steps: [{stepId: a, " + call + "}]}", "the inputs are no JSON Schema"},
		{workflow, "- {workflowId: w, inputs: {$ref: '#/components/inputs/none'}, steps: [{stepId: a, " + call + "}]}", "the inputs are no JSON Schema"},
		{workflow, "- {workflowId: w, inputs: {$ref: 'https://example.com/s.json'}, steps: [{stepId: a, " + call + "}]}", "nothing is fetched"},
		{workflow, "- {workflowId: w, steps: [{stepId: a, " + call + "}], outputs: {o: $steps.a.outputs.x}}", "the step a has no such output"},
		{workflow, "- {workflowId: w, steps: [{stepId: a, " + call + "}], outputs: {o: $response.body}}", "a workflow has no answer of its own"},
		{steps, "- {workflowId: w, steps: [{stepId: a, operationId: getUzer}]}", "the operation getUzer is not known: the source hooks cannot be read"},
		{steps, "- {workflowId: w, steps: [{stepId: a, operationId: getUzer}]}", "did you mean getUser?"},
		{steps, "- {workflowId: w, steps: [{stepId: a, operationPath: '{$sourceDescriptions.knock.url}#/paths/~1v1~1nope/get'}]}", "the operation GET /v1/nope is not known"},
		{steps, "- {workflowId: w, steps: [{stepId: a, operationPath: '{$sourceDescriptions.nope.url}#/paths/~1v1~1users/get'}]}", "the document has no source nope"},
		{steps, "- {workflowId: w, steps: [{stepId: a, operationPath: '{$sourceDescriptions.knock.url}#/paths/~1v1~1users'}]}", "does not point at /paths/<path>/<method>"},
		{steps, "- {workflowId: w, steps: [{stepId: a, operationPath: './x.yml#/paths/~1v1~1users/get'}]}", "names no source"},
		{steps, "- {workflowId: w, steps: [{stepId: a, operationId: $inputs.x}]}", "names no operation of a source"},
		{steps, "- {workflowId: w, steps: [{stepId: a, operationId: getUser}]}", "GET /v1/users/{user_id} needs the path parameter user_id"},
		{steps, "- {workflowId: w, steps: [{stepId: a, " + call + ", parameters: [{name: id, in: path, value: 1}]}]}", "~/v1/users has no path parameter id"},
		{steps, "- {workflowId: w, steps: [{stepId: a, workflowId: v}]}", "the document has no workflow v"},
		{steps, "- {workflowId: w, steps: [{stepId: a, workflowId: $sourceDescriptions.knock.v}]}", "the source knock cannot be read"},
		{steps, "- {workflowId: w, steps: [{stepId: a, channelPath: '{$sourceDescriptions.hooks.url}#/channels/nope'}]}", "the channel nope is not known"},
		{steps, "- {workflowId: w, steps: [{stepId: a, channelPath: '{$sourceDescriptions.hooks.url}#/channels/message.sent', action: send}]}", "can be received, not sent"},
		{steps, "- {workflowId: w, steps: [{stepId: a, " + call + ", dependsOn: [b]}]}", "dependsOn b: the workflow has no such step"},
		{steps, "- {workflowId: w, steps: [{stepId: a, " + call + ", dependsOn: [$workflows.v.steps.x]}]}", "there is no such step"},
		{order, "- {workflowId: w, steps: [{stepId: a, " + call + ", dependsOn: [b]}, {stepId: b, " + call + ", dependsOn: [a]}]}", "the steps depend on one another in a circle: a → b → a"},
		{order, "- {workflowId: w, steps: [{stepId: a, " + call + ", parameters: [{name: t, in: query, value: $steps.b.outputs.o}]}, {stepId: b, " + call + ", outputs: {o: $statusCode}}]}", "$steps.b.outputs.o finds nothing: the step b runs later"},
		{success, "- {workflowId: w, steps: [{stepId: a, " + call + ", onSuccess: [{name: g, type: goto, stepId: steo}]}, {stepId: step, " + call + "}]}", "the workflow has no step steo; did you mean step?"},
		{failure, "- {workflowId: w, steps: [{stepId: a, " + call + ", onFailure: [{name: g, type: retry, workflowId: v}]}]}", "action g: the document has no workflow v"},
		{success, "- {workflowId: w, steps: [{stepId: a, " + call + ", onSuccess: [{name: e, type: end}]}, {stepId: b, " + call + "}]}", "~the step b is never reached"},
		{expressions, "- {workflowId: w, steps: [{stepId: a, " + call + ", parameters: [{name: t, in: query, value: $steps.x.outputs.o}]}]}", "the workflow has no step x"},
		{expressions, "- {workflowId: w, steps: [{stepId: a, " + call + ", parameters: [{name: t, in: query, value: $response.body#/x}]}]}", "the request is made before its answer"},
		{expressions, "- {workflowId: w, steps: [{stepId: a, " + call + ", parameters: [{name: t, in: query, value: $inputs.x}]}]}", "~the workflow declares no input x"},
		{expressions, "- {workflowId: w, steps: [{stepId: a, " + call + ", parameters: [{name: t, in: query, value: 'id $inputs.x'}]}]}", "~is sent as text: put it in braces"},
		{expressions, "- {workflowId: w, steps: [{stepId: a, " + call + ", parameters: [{name: t, in: query, value: '{$steps.x}'}]}]}", "~it has to be $steps.<step>.outputs.<name>"},
		{expressions, "- {workflowId: w, steps: [{stepId: a, " + call + ", successCriteria: [{condition: $message.payload#/x == 1}]}]}", "the step receives no message"},
		{expressions, "- {workflowId: w, steps: [{stepId: a, " + call + ", outputs: {o: $outputs.x}}]}", "$outputs are those of a workflow that the step called"},
		{expressions, "- {workflowId: w, steps: [{stepId: a, workflowId: v, outputs: {o: $outputs.x}}]}\n- {workflowId: v, steps: [{stepId: a, " + call + "}], outputs: {y: $steps.a.outputs.z}}", "the workflow v has no such output"},
		{expressions, "- {workflowId: w, steps: [{stepId: a, " + call + ", outputs: {o: $workflows.v.outputs.x}}]}", "the document has no workflow v"},
		{expressions, "- {workflowId: w, steps: [{stepId: a, " + call + ", outputs: {o: $self}}]}", "the document has no $self"},
		{expressions, "- {workflowId: w, steps: [{stepId: a, " + call + ", outputs: {o: $sourceDescriptions.nope.url}}]}", "the document has no source nope"},
		{expressions, "- {workflowId: w, steps: [{stepId: a, " + call + ", outputs: {o: $components.parameters.x}}]}", "a component is used by a reference"},
		{reusable, "- {workflowId: w, steps: [{stepId: a, " + call + ", parameters: [{reference: $components.parameters.x}]}]}", "components.parameters has no x"},
		{sources, "- {workflowId: w, steps: [{stepId: a, operationId: $sourceDescriptions.nope.getUser}]}", "the document has no source nope"},
	} {
		t.Run(c.section+"/"+c.want, func(t *testing.T) {
			text := document(c.workflows + "\n")
			want, warning := strings.CutPrefix(c.want, "~")
			found := false
			for _, p := range parse(t, text).Check() {
				if p.Warning == warning && strings.Contains(p.What, want) && p.Pos.Line > 0 && p.File == "test.yml" {
					found = true
				}
			}
			if !found {
				t.Fatalf("want %q among\n%v", c.want, parse(t, text).Check())
			}
			if warning {
				return
			}
			r := play(t, text, flow.Options{}, ok("{}"))
			var problems arazzo.Problems
			if !errors.As(r.err, &problems) || len(r.server.calls) > 0 {
				t.Errorf("a run of it: %v, %d requests", r.err, len(r.server.calls))
			}
		})
	}
}

func TestSources(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("own.yml", "openapi: 3.1.0\nservers: [{url: https://api.knock.app/v1}]\npaths: {'/things/{thing}': {get: {operationId: getThing}, put: {}}}\n")
	write("foreign.yml", "openapi: 3.1.0\nservers: [{url: https://evil.example.com}]\npaths: {/v1/users: {get: {operationId: leak}}}\n")
	write("hooks.yml", "asyncapi: 3.0.0\nchannels: {mine: {messages: {sent: {$ref: '#/components/messages/sent'}}}}\noperations: {onMine: {action: receive, channel: {$ref: '#/channels/mine'}}}\ncomponents: {messages: {sent: {name: message.sent}}}\n")
	write("other.yml", strings.Replace(document("- {workflowId: shared, steps: [{stepId: x, operationId: listUsers}], outputs: {o: $steps.x.outputs.o}}\n"), "\narazzo", "arazzo", 1))
	doc := func(source, target string) string {
		return "arazzo: 1.1.0\ninfo: {title: T, version: '1'}\nsourceDescriptions: [" + source + "]\nworkflows: [{workflowId: w, steps: [{stepId: a, " + target + "}]}]\n"
	}
	for _, c := range []struct{ source, target, want string }{
		{"{name: s, url: own.yml}", "operationId: getThing, parameters: [{name: thing, in: path, value: a/b}]", "GET /v1/things/a%2Fb"},
		{"{name: s, url: ./own.yml}", "operationPath: '{$sourceDescriptions.s.url}#/paths/~1things~1{thing}/put', parameters: [{name: thing, in: path, value: 1}]", "PUT /v1/things/1"},
		{"{name: s, url: own.yml}", "operationId: listUsers", "GET /v1/users"},
		{"{name: s, url: 'https://example.com/own.yml'}", "operationId: listUsers", "GET /v1/users"},
		{"{name: s, url: 'https://example.com/own.yml'}", "operationId: getThing", "!it is not on this machine, and nothing is fetched"},
		{"{name: s, url: foreign.yml}", "operationId: leak", "!it describes evil.example.com, and flows call Knock alone"},
		{"{name: s, url: other.yml, type: arazzo}", "workflowId: $sourceDescriptions.s.shared", "GET /v1/users"},
		{"{name: s, url: other.yml, type: arazzo}", "workflowId: $sourceDescriptions.s.nope", "!the source s has no workflow nope"},
		{"{name: s, url: hooks.yml, type: asyncapi}", "operationId: $sourceDescriptions.s.nope, action: receive", "!the channel nope is not known"},
		{"{name: s, url: main.yml, type: arazzo}", "workflowId: $sourceDescriptions.s.w", "!workflows call one another more than 20 deep"},
	} {
		t.Run(c.want, func(t *testing.T) {
			f, err := flow.Load(write("main.yml", doc(c.source, c.target)))
			if err != nil {
				t.Fatal(err)
			}
			s := &server{answers: []answer{ok(`{}`)}}
			r, err := f.Run(t.Context(), &f.Workflows[0], flow.Options{Transport: s, Pace: -1})
			if err == nil {
				err = r.Err
			}
			if failing, ok := strings.CutPrefix(c.want, "!"); ok {
				if err == nil || !strings.Contains(err.Error(), failing) || len(s.calls) > 0 {
					t.Errorf("%v, %d requests", err, len(s.calls))
				}
				return
			}
			if err != nil || len(s.calls) != 1 || wire(s.calls[0]) != c.want {
				t.Errorf("%v, %+v", err, s.calls)
			}
		})
	}
	if _, err := flow.Load(filepath.Join(dir, "none.yml")); err == nil || !strings.Contains(err.Error(), "there is no file") {
		t.Error(err)
	}
	if _, err := flow.Load(dir); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Error(err)
	}
}
