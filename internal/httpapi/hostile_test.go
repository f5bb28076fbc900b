package httpapi_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/clusto/clusto/api"
)

// TestLargeValue stores a value of 10 MB and reads it in all the ways that show
// it.
func TestLargeValue(t *testing.T) {
	t.Parallel()
	trial := newTrial(t)
	large := strings.Repeat("ü", 5<<20)
	body, err := json.Marshal(map[string]any{"attrs": []any{map[string]any{"key": "note", "value": large}}})
	if err != nil {
		t.Fatal(err)
	}
	made := ask(t, trial, http.MethodPost, "/entities/node001/attributes", string(body), nil)
	if made.StatusCode != http.StatusCreated {
		t.Fatalf("%d %.300s", made.StatusCode, bodyOf(t, made))
	}
	var list api.AttrList
	get(t, trial, "/entities/node001/attributes?key=note", &list)
	var value string
	if n := len(list.Attrs); n == 0 {
		t.Fatal("it is not there")
	}
	if err := json.Unmarshal(list.Attrs[len(list.Attrs)-1].Value, &value); err != nil || value != large {
		t.Errorf("%v: %d bytes are read, and %d were written", err, len(value), len(large))
	}
	for _, target := range []string{
		"/entities/node001?expand=attrs,merged", "/entities?expand=attrs", "/versions?limit=2", "/versions/live", "/diff?from=live~1",
		"/entities/node001/blame", "/search?q=%C3%BC%C3%BC%C3%BC", "/export",
	} {
		if answer := ask(t, trial, http.MethodGet, target, "", nil); answer.StatusCode != http.StatusOK {
			t.Errorf("GET %s: %d %.300s", target, answer.StatusCode, bodyOf(t, answer))
		}
	}
}

// TestLargeRequests sends what is too large, and expects a refusal that is small.
func TestLargeRequests(t *testing.T) {
	t.Parallel()
	trial := newTrial(t)
	long := strings.Repeat("x", 10<<20)
	for _, test := range []struct {
		about, method, target, body string
		status                      int
	}{
		{"a body over the limit", "POST", "/entities", `{"description":"` + strings.Repeat("x", maxBodyInTests) + `"}`, 413},
		{"a file over the limit", "POST", "/import", `{"name":"` + strings.Repeat("x", maxBodyInTests) + `"}`, 413},
		{"a long name", "POST", "/entities", `{"entities":[{"name":"` + long + `","driver":"pool"}]}`, 400},
		{"a long driver", "POST", "/entities", `{"entities":[{"name":"x","driver":"` + long + `"}]}`, 400},
		{"a long key", "PUT", "/entities/production/attributes", `{"attrs":[{"key":"` + long + `","value":1}]}`, 400},
		{"a long unknown field", "POST", "/transactions", `{"` + long + `":1}`, 400},
		{"a long number", "PUT", "/entities/production/attributes", `{"attrs":[{"key":"n","value":` + strings.Repeat("9", 1<<20) + `}]}`, 400},
		{"a long query", "GET", "/entities?query=" + strings.Repeat("(", 90_000), "", 400},
		{"a longer query", "GET", "/entities?query=" + strings.Repeat("x", 101_000), "", 400},
		{"a long time", "GET", "/entities?at=" + strings.Repeat("9", 100_000), "", 400},
		{"many names", "GET", "/entities?name=" + strings.Repeat("a&name=", 20_000), "", 400},
		{"deep JSON", "PUT", "/entities/production/attributes", `{"attrs":[{"key":"k","value":` + strings.Repeat("[", 200_000), 400},
		{"a name in the path", "GET", "/entities/" + strings.Repeat("%C3%BC", 100_000), "", 404},
	} {
		t.Run(test.about, func(t *testing.T) {
			answer := ask(t, trial, test.method, test.target, test.body, nil)
			text := bodyOf(t, answer)
			if answer.StatusCode != test.status || len(text) > 10_000 || answer.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%d, %d bytes: %.600s", answer.StatusCode, len(text), text)
			}
		})
	}
}

// TestStrangeNames makes entities whose names mean something to programs, and finds
// each again by its path, its name and in lists.
func TestStrangeNames(t *testing.T) {
	t.Parallel()
	trial := newTrial(t)
	for _, name := range []string{
		"a/b", "..", ".", "%", "%2F", "a b", "ü", "日本語", "🂡", "a?b", "a#b", "a&b=c", "a;b", "a+b", "'", `"`, `\`, "$x", "*", "e\u0301", "<b>", "null", "a,b", "-", "~",
	} {
		body, err := json.Marshal(map[string]any{"entities": []any{map[string]any{"name": name, "driver": "pool"}}})
		if err != nil {
			t.Fatal(err)
		}
		made := ask(t, trial, http.MethodPost, "/entities", string(body), nil)
		if made.StatusCode != http.StatusCreated {
			if text := bodyOf(t, made); made.StatusCode != http.StatusBadRequest {
				t.Errorf("%q: %d %s", name, made.StatusCode, text)
			}
			continue // such a name is refused
		}
		var e api.Entity
		get(t, trial, "/entities/"+strings.ReplaceAll(url.PathEscape(name), ".", "%2E"), &e)
		var page api.EntityPage
		get(t, trial, "/entities?name="+url.QueryEscape(name), &page)
		if e.Name != name || len(page.Entities) != 1 || page.Entities[0].Name != name {
			t.Errorf("%q: got %q and %v", name, e.Name, page.Entities)
		}
	}
}
