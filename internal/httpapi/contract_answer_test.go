package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Limits of what a request may cost here. The smallest inventory is asked, so
// they are wide.
const (
	maxTime    = 20 * time.Second
	maxMemory  = 256 << 20 // besides a hundred times what was sent
	maxProblem = 64 << 10
)

// try sends a request, checks the answer, and reports whether it is right.
func (tr *trial) try(tb testing.TB, op *operation, s *sent) bool {
	tb.Helper()
	ctx, stop := context.WithCancel(tb.Context())
	defer stop()
	if op.OperationID == "streamChanges" { // it ends when who asks goes
		defer time.AfterFunc(5*time.Millisecond, stop).Stop()
	}
	r := s.request(ctx)
	if r == nil {
		return true
	}
	w := httptest.NewRecorder()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begin := time.Now()
	if panicked := serve(tr, w, r); panicked != "" {
		tb.Errorf("%s: panic: %s\n%s", op, panicked, s)
		return false
	}
	took := time.Since(begin)
	runtime.ReadMemStats(&after)
	if took > maxTime {
		tb.Errorf("%s took %s\n%s", op, took, s)
		return false
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > maxMemory+100*uint64(len(s.body)) {
		tb.Errorf("%s took %d MB of memory\n%s", op, used>>20, s)
		return false
	}
	if ctx.Err() != nil && w.Body.Len() == 0 {
		return true // nobody waited for the answer
	}
	if err := tr.check(op, s, w); err != nil {
		tb.Errorf("%s: %v\nrequest:\n%s\nanswer: %d %s\n%s", op, err, s, w.Code, w.Header(), clipped(w.Body.String()))
		return false
	}
	return true
}

// serve answers a request, and returns what it panicked with and where.
func serve(h http.Handler, w http.ResponseWriter, r *http.Request) (panicked string) {
	defer func() {
		if p := recover(); p != nil {
			stack := make([]byte, 8<<10)
			panicked = fmt.Sprintf("%v\n%s", p, stack[:runtime.Stack(stack, false)])
		}
	}()
	h.ServeHTTP(w, r)
	return ""
}

// check returns what is wrong with an answer.
func (tr *trial) check(op *operation, s *sent, w *httptest.ResponseRecorder) error {
	media, _, err := mime.ParseMediaType(w.Header().Get("Content-Type"))
	switch {
	case w.Code >= 500:
		return fmt.Errorf("the status is %d", w.Code)
	case w.Code >= 400:
		return tr.checkProblem(w, media)
	case slices.Contains([]int{http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusPermanentRedirect}, w.Code):
		if !strings.HasPrefix(w.Header().Get("Location"), "/api/v1/") {
			return fmt.Errorf("it leads to %q", w.Header().Get("Location"))
		}
		return nil // the path was not in its shortest form
	case len(s.wrong) > 0:
		return fmt.Errorf("it is taken though %v", s.wrong)
	}
	if refused := bytes.Contains(w.Body.Bytes(), []byte(`"dry_run":true,"errors":[`)); !refused {
		if err := tr.bodyTaken(op, s); err != nil {
			return err
		}
	}
	status := strconv.Itoa(w.Code)
	response := op.Responses.Value(status)
	if response == nil {
		return fmt.Errorf("the status %s is not documented", status)
	}
	if len(response.Value.Content) == 0 {
		if w.Body.Len() > 0 {
			return fmt.Errorf("it has a body")
		}
		return nil
	}
	if err != nil || response.Value.Content.Get(media) == nil {
		return fmt.Errorf("the Content-Type is not documented: %v", err)
	}
	pointer := op.pointer("responses", status, "content", media, "schema")
	if ref := response.Ref; ref != "" {
		pointer = strings.TrimPrefix(ref, "#") + "/content/" + strings.ReplaceAll(media, "/", "~1") + "/schema"
	}
	return tr.checkBody(op, media, pointer, w.Body.Bytes())
}

// checkBody checks a body by the form that its media type has.
func (tr *trial) checkBody(op *operation, media, pointer string, body []byte) error {
	switch {
	case media == "application/json":
		return tr.validate(pointer, body)
	case media == "text/event-stream":
		for line := range bytes.Lines(body) {
			data, ok := bytes.CutPrefix(line, []byte("data: "))
			if ok && !json.Valid(data) {
				return fmt.Errorf("an event is no JSON: %s", data)
			}
		}
	case media == "application/x-ndjson":
		for line := range bytes.Lines(body) {
			if op.OperationID != "export" {
				if err := tr.validate(pointer, line); err != nil {
					return err
				}
			} else if !json.Valid(line) {
				return fmt.Errorf("a line is no JSON: %s", line)
			}
		}
	}
	return nil
}

// validate checks a JSON text by the schema at a place in the contract.
func (tr *trial) validate(pointer string, text []byte) error {
	schema, err := tr.schema(pointer)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// bodyTaken returns an error if a body that the contract refuses was taken.
func (tr *trial) bodyTaken(op *operation, s *sent) error {
	if op.RequestBody == nil || op.RequestBody.Value.Content["application/json"] == nil {
		return nil
	}
	if len(bytes.TrimSpace(s.body)) == 0 && !op.RequestBody.Value.Required {
		return nil
	}
	pointer := op.pointer("requestBody", "content", "application/json", "schema")
	if ref := op.RequestBody.Ref; ref != "" {
		pointer = strings.TrimPrefix(ref, "#") + "/content/application~1json/schema"
	}
	if tr.validate(pointer, s.body) == nil {
		return nil
	}
	var body any
	if err := json.Unmarshal(s.body, &body); err != nil {
		return fmt.Errorf("a body is taken that is no JSON: %w", err)
	}
	if body == nil {
		body = map[string]any{} // null is as good as nothing
	}
	text, err := json.Marshal(withoutNulls(body))
	if err != nil {
		return err
	}
	if err := tr.validate(pointer, text); err != nil {
		return fmt.Errorf("a body is taken that the contract refuses: %w", err)
	}
	return nil
}

// withoutNulls returns a body without the members that are null, which are taken as
// if they were not there.
func withoutNulls(body any) any {
	switch body := body.(type) {
	case map[string]any:
		for name, value := range body {
			if value == nil && name != "value" {
				delete(body, name)
				continue
			}
			body[name] = withoutNulls(value)
		}
	case []any:
		for i, value := range body {
			body[i] = withoutNulls(value)
		}
	}
	return body
}

// leaks is what must not be in what people are told: SQL, names of Go's types and
// functions, files of the program, stacks.
var leaks = regexp.MustCompile(`(?i:\b(select .* from|insert into|clusto_(entity_log|redaction|freed\w*|identity|free_range|group|receipt|member|token|meta|revival|user)|entity_attrs|sqlite|sql:|unmarshal|goroutine |runtime error|nil pointer|strconv\.|reflect\.|go struct|interface \{\}))` +
	`|SQLSTATE|Error \d{4}|\w+://clusto|unix_socket|/[a-z]+\.go\b|\.go:\d|/tmp/|\bjson: |\b(api|clusto|operation|httpapi|json|time|url|netip|base64)\.[A-Z]\w*`)

// checkProblem returns what is wrong with an answer that says what is wrong.
func (tr *trial) checkProblem(w *httptest.ResponseRecorder, media string) error {
	if media != "application/problem+json" {
		return fmt.Errorf("an error is %q", media)
	}
	if err := tr.validate("/components/schemas/Problem", w.Body.Bytes()); err != nil {
		return err
	}
	var p struct {
		Status       int
		Kind, Detail string
		RequestID    string `json:"request_id"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		return err
	}
	if p.Status != w.Code || p.Detail == "" || p.Kind == "" || p.RequestID != "request-1" {
		return fmt.Errorf("the problem says too little, or another status")
	}
	if found := leaks.FindString(w.Body.String()); found != "" {
		return fmt.Errorf("the problem tells internals: %q", found)
	}
	if w.Body.Len() > maxProblem {
		return fmt.Errorf("the problem has %d bytes", w.Body.Len())
	}
	return nil
}
