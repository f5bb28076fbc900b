package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/httpapi"
	"github.com/clusto/clusto/internal/sqlstore"
)

// transact sends a transaction and returns the status and the body of the answer.
func transact(t *testing.T, h http.Handler, body string) (int, []byte) {
	t.Helper()
	answer := ask(t, h, http.MethodPost, "/transactions", body, nil)
	return answer.StatusCode, bodyOf(t, answer)
}

// setOwner is a transaction that gives web1 an owner, if entity has the ETag tag.
func setOwner(owner, entity, tag, more string) string {
	return fmt.Sprintf(`{"if_match": [{"entity": %q, "etag": %q}], "operations": [{"set_attrs": {"entity": "web1", "attrs": [{"key": "owner", "value": %q}]}}]%s}`,
		entity, tag, owner, more)
}

func conditionsServer(t *testing.T) (*httpapi.Server, string) {
	t.Helper()
	h := newServer(dbtest.New(t, sqlstore.Options{}))
	if status, body := transact(t, h, `{"description": "the start", "operations": [{"create": {"name": "web1", "driver": "basicserver"}}, {"create": {"name": "web2", "driver": "basicserver"}}]}`); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	var e api.Entity
	get(t, h, "/entities/web1", &e)
	return h, e.Etag
}

// TestTwoEditors has two people read a thing and then change it: the second is told
// who was faster, and nothing of theirs is done.
func TestTwoEditors(t *testing.T) {
	t.Parallel()
	h, tag := conditionsServer(t)
	if status, body := transact(t, h, setOwner("ann", "web1", tag, `, "description": "hers"`)); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	status, body := transact(t, h, setOwner("bob", "web1", tag, ""))
	var p api.Problem
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatal(err)
	}
	if status != http.StatusPreconditionFailed || p.Kind != "conflict" || p.Hint == "" {
		t.Errorf("%d %s", status, body)
	}
	for _, part := range []string{"web1 was changed by somebody else", " by tester at ", `"hers"`} {
		if !strings.Contains(p.Detail, part) {
			t.Errorf("%q lacks %q", p.Detail, part)
		}
	}
	if owner := ownerOf(t, h); owner != "ann" {
		t.Errorf("the owner is %s", owner)
	}
	var e api.Entity
	get(t, h, "/entities/web1", &e)
	if status, body := transact(t, h, setOwner("bob", "web1", e.Etag, "")); status != http.StatusOK {
		t.Errorf("with the ETag of now: %d %s", status, body)
	}
}

func ownerOf(t *testing.T, h http.Handler) string {
	t.Helper()
	var list api.AttrList
	get(t, h, "/entities/web1/attributes?key=owner", &list)
	if len(list.Attrs) == 0 {
		return ""
	}
	return strings.Trim(string(list.Attrs[0].Value), `"`)
}

// TestConditionsOfOthers: a condition may be about a thing that the operations are
// not about, and one of several is enough for a refusal.
func TestConditionsOfOthers(t *testing.T) {
	t.Parallel()
	h, tag := conditionsServer(t)
	for name, test := range map[string]struct {
		conditions string
		want       int
	}{
		"another":     {`[{"entity": "web2", "etag": "\"x\""}]`, http.StatusPreconditionFailed},
		"the second":  {fmt.Sprintf(`[{"entity": "web1", "etag": %q}, {"entity": "web2", "etag": "\"x\""}]`, tag), http.StatusPreconditionFailed},
		"any":         {`[{"entity": "web2", "etag": "*"}]`, http.StatusOK},
		"not there":   {`[{"entity": "web3", "etag": "*"}]`, http.StatusNotFound},
		"none":        {`[]`, http.StatusOK},
		"a misspelt":  {`[{"entity": "web1", "tag": "*"}]`, http.StatusBadRequest},
		"since which": {`[{"entity": "web1", "etag": "\"x\"", "version": 1}]`, http.StatusPreconditionFailed},
	} {
		body := `{"dry_run": false, "if_match": ` + test.conditions + `, "operations": [{"set_attrs": {"entity": "web2", "attrs": [{"key": "k", "value": 1}]}}]}`
		if status, answer := transact(t, h, body); status != test.want {
			t.Errorf("%s: %d, want %d: %s", name, status, test.want, answer)
		}
	}
}

// TestConditionsTried: a dry run says that a condition is not met, and what would be
// changed all the same.
func TestConditionsTried(t *testing.T) {
	t.Parallel()
	h, tag := conditionsServer(t)
	for name, test := range map[string]struct {
		tag  string
		want int
	}{"met": {tag, 0}, "not met": {`"x"`, 1}} {
		status, body := transact(t, h, setOwner("bob", "web1", test.tag, `, "dry_run": true`))
		var changed api.Changed
		if err := json.Unmarshal(body, &changed); err != nil {
			t.Fatal(err)
		}
		if status != http.StatusOK || len(changed.Errors) != test.want || len(changed.Diff.Entities) != 1 {
			t.Errorf("%s: %d %s", name, status, body)
		}
		if test.want == 1 && (changed.Errors[0].Kind != "conflict" || changed.Errors[0].Operation != nil) {
			t.Errorf("%s: %+v", name, changed.Errors[0])
		}
	}
	if owner := ownerOf(t, h); owner != "" {
		t.Errorf("the owner is %s", owner)
	}
}
