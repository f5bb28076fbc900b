package server

import (
	"encoding/json"
	"net/http"
)

// problem is the body of an answer that is an error (RFC 9457).
type problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail,omitempty"`
	Hint      string `json:"hint,omitempty"`
	RequestID string `json:"request_id,omitempty"`
}

// Problem answers with an error: what is wrong and, unless it is "", what can be
// done about it.
func Problem(w http.ResponseWriter, r *http.Request, status int, detail, hint string) {
	body, _ := json.Marshal(problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status,
		Detail: detail, Hint: hint, RequestID: RequestID(r.Context()),
	}) // texts and a number can always be written
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // a client that has gone needs no answer
}
