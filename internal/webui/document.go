package webui

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"strings"
)

// documentName is the file of the document.
const documentName = "index.html"

// policy is the Content-Security-Policy of the pages: everything comes from this
// server, and styles that scripts make carry the nonce.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" + placeholder + "'; img-src 'self' data: blob:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; frame-src 'none'; object-src 'none'"

// placeholder is where web/index.html has the nonce.
const placeholder = "CSP-NONCE"

// permissions takes from the pages what they never need.
const permissions = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"

// serveDocument answers with the document. It is not kept, for it names the files
// of this version of the program.
func (p *pages) serveDocument(w http.ResponseWriter, status int) {
	nonce := rand.Text()
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", strings.ReplaceAll(policy, placeholder, nonce))
	h.Set("Permissions-Policy", permissions)
	h.Set("X-Frame-Options", "DENY") // for browsers that do not know frame-ancestors
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	guard(h)
	w.WriteHeader(status)
	_, _ = w.Write(bytes.ReplaceAll(p.document, []byte(placeholder), []byte(nonce))) // a client that has gone needs no answer
}

// guard sets the headers that all answers of the pages have.
func guard(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Add("Vary", "Accept")
}
