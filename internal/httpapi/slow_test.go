package httpapi_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/classictest"
)

// slow is a body that begins, and whose connection is then given up.
type slow struct{ io.Reader }

func (s slow) Read(b []byte) (int, error) {
	if n, err := s.Reader.Read(b); err == nil {
		return n, nil
	}
	return 0, fmt.Errorf("slow: %w", &net.OpError{Op: "read", Net: "tcp", Addr: &net.TCPAddr{Port: 1}, Err: os.ErrDeadlineExceeded})
}

// TestSlowBody has bodies that do not come in time.
func TestSlowBody(t *testing.T) {
	h := newServer(classictest.Open(t))
	for target, begin := range map[string]string{
		"/entities": `{"entities":`, "/transactions": `{`, "/import": `{"name":`, "/import?format=csv": "name,driver\nx",
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/v1"+target, slow{strings.NewReader(begin)})
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if answer := w.Body.String(); w.Code != http.StatusRequestTimeout || strings.Contains(answer, "tcp") {
			t.Errorf("%s: %d %s", target, w.Code, answer)
		}
	}
}
