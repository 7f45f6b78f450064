package trigger

import (
	"testing"
)

func TestCancellationKey(t *testing.T) {
	key := func(choice, idempotencyKey string) string {
		t.Helper()
		k, err := triggerFlags{workflow: "welcome", key: choice}.cancellationKey(idempotencyKey, nil)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	if key("none", "") != "" || key("mine", "") != "mine" {
		t.Error("a given key is changed")
	}
	if once, again, twice := key("auto", "once"), key("auto", "once"), key("auto", "twice"); once != again || once == twice {
		t.Error("a repeat under an idempotency key must have the same body, and another one another")
	}
}
