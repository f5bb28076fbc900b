package httpapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/httpapi"
	"github.com/clusto/clusto/internal/sqlstore"
)

// newCrowd returns the API over n servers in a rack and a pool.
func newCrowd(t *testing.T, n int) *httpapi.Server {
	t.Helper()
	store := dbtest.New(t, sqlstore.Options{})
	crowd(t, store, n)
	return newServer(store)
}

// with returns a path with parameters.
func with(path string, params ...string) string {
	q := url.Values{}
	for i := 0; i < len(params); i += 2 {
		q.Add(params[i], params[i+1])
	}
	return path + "?" + q.Encode()
}

func TestTableRows(t *testing.T) {
	t.Parallel()
	h := newCrowd(t, 30)
	for _, c := range []struct {
		params []string
		want   []string
		total  int
	}{
		{params: []string{"limit", "2"}, want: []string{"s0000", "s0001"}, total: 30},
		{params: []string{"limit", "2", "offset", "28"}, want: []string{"s0028", "s0029"}, total: 30},
		{params: []string{"limit", "2", "offset", "99"}, want: nil, total: 30},
		{params: []string{"limit", "2", "sort", "-name"}, want: []string{"s0029", "s0028"}, total: 30},
		{params: []string{"limit", "2", "sort", "-attr(simplenum)"}, want: []string{"s0029", "s0028"}, total: 30},
		{params: []string{"limit", "3", "sort", "ru", "offset", "1"}, want: []string{"s0001", "s0002", "s0003"}, total: 30},
	} {
		var table api.Table
		get(t, h, with("/query/table", append(c.params, "query", "type = server", "column", "name")...), &table)
		var names []string
		for _, row := range table.Rows {
			names = append(names, row.Name)
		}
		if !slices.Equal(names, c.want) || table.Total != c.total {
			t.Errorf("%v: %v of %d, want %v of %d", c.params, names, table.Total, c.want, c.total)
		}
	}
	for _, wrong := range [][]string{{"limit", "0"}, {"limit", "10001"}, {"offset", "-1"}, {"sort", "attr("}, {"sort", "--name"}} {
		if answer := ask(t, h, http.MethodGet, with("/query/table", append(wrong, "query", "name exists")...), "", nil); answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%v: %d", wrong, answer.StatusCode)
		}
	}
}

func TestTableFile(t *testing.T) {
	t.Parallel()
	h := newCrowd(t, 3)
	did(t, h, http.MethodPost, "/entities/s0001/attributes", `{"attrs": [{"key": "note", "value": "=1+1, \"x\""}]}`)
	for _, c := range []struct{ format, harmless, query, want string }{
		{"csv", "false", "type = server", "name,attr(note)\ns0000,\ns0001,\"=1+1, \"\"x\"\"\"\ns0002,\n"},
		{"csv", "true", "name = s0001", "name,attr(note)\ns0001,\"'=1+1, \"\"x\"\"\"\n"},
		{"csv", "false", "name = nobody", "name,attr(note)\n"},
		{"json", "false", "name startswith s000 and name != s0002", "[\n{\"name\":\"s0000\",\"attr(note)\":[]},\n{\"name\":\"s0001\",\"attr(note)\":[\"=1+1, \\\"x\\\"\"]}\n]\n"},
		{"json", "false", "name = nobody", "[]\n"},
	} {
		answer := ask(t, h, http.MethodGet, with("/query/file", "format", c.format, "harmless", c.harmless, "query", c.query, "column", "name", "column", "attr(note)"), "", nil)
		if got := string(bodyOf(t, answer)); got != c.want {
			t.Errorf("%+v:\n%s\nwant\n%s", c, got, c.want)
		}
	}
}

func TestCompleteQuery(t *testing.T) {
	t.Parallel()
	h := newCrowd(t, 3)
	var got api.QueryCompletions
	get(t, h, with("/query/completions", "query", "pool = w and name exists", "position", "8"), &got)
	if got.From != 7 || got.To != 8 || len(got.Candidates) != 1 || got.Candidates[0].Text != "web" {
		t.Errorf("%+v", got)
	}
	get(t, h, with("/query/completions", "query", "attr si"), &got)
	if len(got.Candidates) == 0 || got.Candidates[0].Text != "simplenum" {
		t.Errorf("%+v", got)
	}
}

// did sends a request that changes something, and returns the answer.
func did(t *testing.T, h http.Handler, method, target, body string) string {
	t.Helper()
	answer := ask(t, h, method, target, body, nil)
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s", method, target, answer.StatusCode, text)
	}
	return string(text)
}

func TestEditMany(t *testing.T) {
	t.Parallel()
	h := newCrowd(t, 20)
	edit := func(body string) (e api.BulkEdited, status int) {
		t.Helper()
		answer := ask(t, h, http.MethodPost, "/query/edits", body, nil)
		if err := json.Unmarshal(bodyOf(t, answer), &e); err != nil {
			t.Fatal(err)
		}
		return e, answer.StatusCode
	}
	const steps = `"steps": [{"set_attrs": [{"key": "owner", "value": "ops"}]}, {"rename": {"match": "^s00", "name": "srv-"}}, {"remove": "web"}]`
	tried, _ := edit(`{"query": "type = server", "expect": 20, "dry_run": true, "show": 2, ` + steps + `}`)
	if tried.Things != 20 || tried.Changed != 21 || len(tried.Diff.Entities) != 2 || tried.Version != 0 || tried.Errors != nil {
		t.Errorf("a dry run: %+v", tried)
	}
	if _, status := edit(`{"query": "type = server", "expect": 19, ` + steps + `}`); status != http.StatusConflict {
		t.Errorf("other things than expected: %d", status)
	}
	done, _ := edit(`{"query": "type = server", "expect": 20, ` + steps + `}`)
	if done.Version == 0 || done.Changed != 21 {
		t.Errorf("the edit: %+v", done)
	}
	var table api.Table
	get(t, h, with("/query/table", "query", "attr owner = ops and pool != web and name startswith srv-"), &table)
	if table.Total != 20 {
		t.Errorf("%d were changed", table.Total)
	}
	failed, status := edit(`{"names": ["srv-03", "srv-01", "srv-02"], "dry_run": true, "steps": [{"rename": {"match": ".*(.)", "name": "same"}}]}`)
	if status != http.StatusOK || len(failed.Errors) != 2 || *failed.Errors[0].Operation != 1 {
		t.Errorf("%d: %+v", status, failed)
	}
	for _, wrong := range []string{
		`{"steps": [{"delete": true}]}`, `{"query": "name exists", "names": ["a"], "steps": [{"delete": true}]}`,
		`{"query": "name exists", "steps": []}`, `{"query": "name exists", "steps": [{}]}`, `{"query": "name exists", "steps": [{"delete": true, "insert": "web"}]}`,
		`{"query": "name exists", "steps": [{"rename": {"match": "(", "name": "x"}}]}`, `{"query": "name =", "steps": [{"delete": true}]}`,
	} {
		if _, status := edit(wrong); status != http.StatusBadRequest {
			t.Errorf("%s: %d", wrong, status)
		}
	}
	if _, status := edit(`{"names": ["nobody"], "steps": [{"delete": true}]}`); status != http.StatusNotFound {
		t.Errorf("what is not there: %d", status)
	}
}

func TestViews(t *testing.T) {
	t.Parallel()
	h := newCrowd(t, 1)
	const view = `{"query": "type = server", "columns": [{"column": "name", "width": 120}, {"column": "attr(owner)"}], "sort": "-name"}`
	did(t, h, http.MethodPut, "/views/my%20%2F%20view", view)
	var list api.ViewList
	get(t, h, "/views", &list)
	if len(list.Views) != 1 || !list.Views[0].Shared || list.Views[0].Name != "my / view" || list.Views[0].Columns[0].Width != 120 || !list.MayShare {
		t.Errorf("%+v", list)
	}
	for wrong, hint := range map[string]string{
		`{"query": "type ="}`: "column 7", `{"query": "name exists", "columns": [{"column": "attr("}]}`: "", `{"query": "name exists", "sort": "-("}`: "",
	} {
		answer := ask(t, h, http.MethodPut, "/views/wrong", wrong, nil)
		if body := string(bodyOf(t, answer)); answer.StatusCode != http.StatusBadRequest || !strings.Contains(body, hint) {
			t.Errorf("%s: %d %s", wrong, answer.StatusCode, body)
		}
	}
	did(t, h, http.MethodDelete, "/views/my%20%2F%20view", "")
	if answer := ask(t, h, http.MethodGet, "/views/my%20%2F%20view", "", nil); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a deleted view: %d", answer.StatusCode)
	}
}
