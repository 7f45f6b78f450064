package flow

import "strings"

// beginning is a document to begin with. NAME stands for its name.
const beginning = `# An Arazzo document: a workflow that can be read and executed.
# knockops flow check NAME.yml says what is wrong with it, knockops flow run NAME.yml --dry-run what it sends.
arazzo: 1.0.1
info:
  title: NAME
  summary: What it is for, in a sentence.
  version: 1.0.0
# Where the operations are described. When the file cannot be read, Knock's own operations are known.
sourceDescriptions:
- name: knock
  url: ./knock-api.openapi.yml
  type: openapi
workflows:
- workflowId: NAME
  summary: Identify a user, trigger a workflow, read the run.
  # The inputs are a JSON Schema: --input userId=user_1, or --inputs @file.
  inputs:
    type: object
    required: [userId, workflowKey]
    properties:
      userId: { type: string, description: Who is notified. }
      email: { type: string, format: email, description: Left out of the request when it is not given. }
      workflowKey: { type: string, description: The workflow to trigger. }
  steps:
  - stepId: identify
    operationId: identifyUser
    # Path values are escaped. A value that is one expression keeps its type; inside a text it stands in
    # braces, as in 'user {$inputs.userId}'.
    parameters:
    - { name: user_id, in: path, value: $inputs.userId }
    requestBody:
      payload:
        email: $inputs.email
    # All criteria have to be met. Without any, an answer of 2xx passes.
    successCriteria:
    - condition: $statusCode == 200
    outputs:
      user: $response.body#/id
  - stepId: trigger
    operationId: triggerWorkflow
    parameters:
    - { name: key, in: path, value: $inputs.workflowKey }
    requestBody:
      payload:
        recipients: [$steps.identify.outputs.user]
    outputs:
      workflowRun: $response.body#/workflow_run_id
  - stepId: run
    operationId: listWorkflowRecipientRuns
    parameters:
    - { name: workflow, in: query, value: $inputs.workflowKey }
    - { name: recipient, in: query, value: $steps.identify.outputs.user }
    - { name: page_size, in: query, value: 1 }
    successCriteria:
    - condition: $response.body#/items/0/workflow_run_id == $steps.trigger.outputs.workflowRun
    # Tried again each second, until it is there.
    onFailure:
    - name: not yet
      type: retry
      retryAfter: 1
      retryLimit: 30
  outputs:
    workflowRun: $steps.trigger.outputs.workflowRun
`

// Beginning is a document to begin with, commented.
func Beginning(name string) []byte {
	return []byte(strings.ReplaceAll(beginning, "NAME", identifierOf(name)))
}

// identifierOf makes a name that expressions can use of any text.
func identifierOf(s string) string {
	out := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, s)
	if strings.Trim(out, "-") == "" {
		return "flow"
	}
	return out
}
