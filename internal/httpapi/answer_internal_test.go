package httpapi

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/operation"
)

// TestInnerErrors has an operation fail for a reason that is not for the asker, after
// one that failed for another.
func TestInnerErrors(t *testing.T) {
	var log bytes.Buffer
	s := New(Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	w := httptest.NewRecorder()
	s.fail(w, httptest.NewRequestWithContext(t.Context(), "POST", "/api/v1/transactions", nil), &operation.Errors{Of: 3, Failed: []operation.Failure{
		{Index: 0, Name: "delete", Err: clusto.Errorf(clusto.ErrNotFound, "web1 does not exist")},
		{Index: 2, Name: "create", Err: errors.New("row 17 of table counters")},
	}})
	answer := w.Body.String()
	if w.Code != 404 || strings.Contains(answer, "row 17") || !strings.Contains(answer, `operation 0, delete: web1 does not exist\noperation 2, create: internal error"`) {
		t.Errorf("%d %s", w.Code, answer)
	}
	if strings.Count(log.String(), "row 17") != 1 {
		t.Errorf("the log has %q", &log)
	}
}
