package expr_test

import (
	"testing"

	"github.com/knockops/knockops/internal/flow/expr"
)

func TestConditions(t *testing.T) {
	for _, c := range []struct {
		section, condition string
		want               bool
	}{
		{literals, "true", true}, {literals, "false", false}, {literals, "null", false},
		{literals, "true == true", true}, {literals, "true == false", false}, {literals, "1 == 1", true},
		{literals, "1 == 1.0", true}, {literals, "-1.5e1 == -15", true}, {literals, "'a' == 'a'", true},
		{literals, "'it''s' == 'it''s'", true}, {literals, "$response.body#/name == 'O''Brien'", true},
		{literals, "'' == ''", true}, {literals, "null == null", true}, {literals, `"a" == 'a'`, true},
		{literals, "'null' == null", false}, {literals, "9007199254740993 == 9007199254740992", false},
		{operators, "1 < 2", true}, {operators, "2 < 1", false}, {operators, "1 < 1", false}, {operators, "1 <= 1", true},
		{operators, "2 > 1", true}, {operators, "1 > 1", false}, {operators, "1 >= 1", true}, {operators, "1 >= 2", false},
		{operators, "1 != 2", true}, {operators, "1 != 1", false}, {operators, "!true", false}, {operators, "!false", true},
		{operators, "!!true", true}, {operators, "!(1 == 2)", true}, {operators, "!(1 == 1)", false},
		{operators, "true && true", true}, {operators, "true && false", false}, {operators, "false || true", true},
		{operators, "false || false", false}, {operators, "true || false && false", true}, {operators, "(true || false) && false", false},
		{operators, "1 == 1 && 2 == 2 && 3 == 3", true}, {operators, "1 == 2 || 2 == 2", true}, {operators, "((1 == 1))", true},
		{operators, "(1 == 1) == true", true}, {operators, "1==1&&2==2", true}, {operators, "$statusCode==200", true},
		{operators, "$response.body.items[1].id == 'b'", true}, {operators, "$response.body.items[0].n < $response.body.items[1].n", true},
		{operators, "$response.body['with.dot'] == 'dotted'", true}, {operators, "($response.body).count == 3", true},
		{operators, "($response.body.items)[1].id == 'b'", true}, {operators, "$inputs.user.tags[1] == 'y'", true},
		{operators, "'a' < 'b'", true}, {operators, "'B' < 'a'", false}, {operators, "'abc' >= 'ABC'", true},
		{conditions, "$statusCode == 200", true}, {conditions, "$statusCode == 404", false}, {conditions, "$statusCode >= 200 && $statusCode < 300", true},
		{conditions, "$statusCode == 200 && $response.body.data != null", false}, {conditions, "$statusCode == 200 && $response.body.items != null", true},
		{conditions, "'DONE' == 'done'", true}, {conditions, "'Straße' == 'STRASSE'", false}, {conditions, "$response.body#/status == 'done'", true},
		{conditions, "$response.body#/status != 'DONE'", false}, {conditions, "'200' == $statusCode", true}, {conditions, "$response.header.X-Rate-Limit > 5", true},
		{conditions, "$response.header.X-Rate-Limit < 10", true}, {conditions, "'10' > '9'", true}, {conditions, "'2' < '10'", true},
		{conditions, "'x' < 1", false}, {conditions, "'x' > 1", false}, {conditions, "'true' == true", true}, {conditions, "'yes' == true", false},
		{conditions, "null == false", false}, {conditions, "null == 0", false}, {conditions, "null == ''", false}, {conditions, "null < 1", false},
		{conditions, "null >= null", false}, {conditions, "null != 1", true}, {conditions, "$response.body#/none == null", true},
		{conditions, "$response.body#/absent == null", true}, {conditions, "$response.body#/absent != null", false}, {conditions, "$response.body#/absent == 'x'", false},
		{conditions, "$response.body#/absent > 1", false}, {conditions, "$response.body#/0 == null", true}, {conditions, "$response.body#/ok", true},
		{conditions, "!$response.body#/ok", false}, {conditions, "$response.body#/none", false}, {conditions, "$response.body#/empty", false},
		{conditions, "$response.body#/id", true}, {conditions, "$response.body#/absent", false}, {conditions, "!$response.body#/absent", true},
		{conditions, "$response.body#/items == $response.body#/items", true}, {conditions, "$response.body#/list == $response.body#/items", false},
		{conditions, "$response.body#/n == $response.body#/n", true}, {conditions, "$response.body#/n == 'n'", false}, {conditions, "true > false", false},
		{inCond, "$response.body.count >= $inputs.count", true}, {inCond, "$response.body.count > $inputs.count", false},
		{inCond, "$steps.login.outputs.token == 'ABC'", true}, {inCond, "$method == 'put'", true}, {inCond, "$url == 'https://api.knock.app/v1/users/u1'", true},
		{inCond, "$request.path.id == $response.body#/id", true}, {inCond, "($statusCode == 200)", true}, {inCond, "$message.payload#/type == 'message.sent'", true},
		{inCond, "{$statusCode} == 200", true}, {inCond, "$outputs.bar == 'out'", true}, {inCond, "$workflows.foo.outputs.bar#/name == 'zed'", true},
		{inCond, "  $statusCode\n ==\t200 ", true}, {inCond, "$response.body#/a~1b == 'slash'", true},
	} {
		t.Run(c.section+"/"+c.condition, func(t *testing.T) {
			cond, err := expr.ParseCondition(c.condition)
			if err != nil {
				t.Fatal(err)
			}
			got, seen := cond.Eval(environment(t))
			if got != c.want {
				t.Errorf("got %v: %+v", got, seen)
			}
			if len(seen) == 0 {
				t.Error("nothing tells why")
			}
		})
	}
}

func TestBrokenConditions(t *testing.T) {
	for _, c := range []struct{ section, condition string }{
		{failures, ""}, {failures, "   "}, {failures, "$statusCode ="}, {failures, "$statusCode = 200"}, {failures, "$statusCode =="},
		{failures, "== 200"}, {failures, "($statusCode == 200"}, {failures, "$statusCode == 200)"}, {failures, "'open"}, {failures, "$statusCode == done"},
		{failures, "$statusCode == 200 &&"}, {failures, "|| true"}, {failures, "1 == 1 == 1 2"}, {failures, "$nothing == 1"}, {failures, "$steps.a == 1"},
		{failures, "0x10 == 16"}, {failures, "01 == 1"}, {failures, "{$statusCode == 1"}, {literals, "True"}, {literals, "undefined == null"},
	} {
		t.Run(c.section+"/"+c.condition, func(t *testing.T) {
			if _, err := expr.ParseCondition(c.condition); err == nil {
				t.Error("it was read")
			}
		})
	}
}

func TestComparisonsTellBothSides(t *testing.T) {
	cond, err := expr.ParseCondition("$statusCode == 404 || $response.body#/absent == 'x'")
	if err != nil {
		t.Fatal(err)
	}
	_, seen := cond.Eval(environment(t))
	if len(seen) != 2 || seen[0].Left != "$statusCode" || seen[0].Right != "404" || seen[0].Holds {
		t.Fatalf("%+v", seen)
	}
	if seen[0].Missing != "" || seen[1].Missing == "" {
		t.Errorf("what was missing: %q, %q", seen[0].Missing, seen[1].Missing)
	}
}

func TestDeepNestingIsRefused(t *testing.T) {
	deep := make([]byte, 0, 1<<16)
	for range 1 << 15 {
		deep = append(deep, '(')
	}
	for _, text := range []string{string(deep), string(deep[:1]) + "!!", string(append(deep, '!'))} {
		if _, err := expr.ParseCondition(text); err == nil {
			t.Error("it was read")
		}
	}
}
