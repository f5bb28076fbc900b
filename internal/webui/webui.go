// Package webui serves the web pages of clusto, which are built from web/ and are
// part of the program. They ask nothing but the HTTP API of the same server.
package webui

import (
	"bytes"
	"crypto/rand"
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:generate npm --prefix ../../web ci --ignore-scripts --silent
//go:generate npm --prefix ../../web run build

//go:embed all:dist
var dist embed.FS

// policy is the Content-Security-Policy of the pages; styles that scripts make
// carry the nonce. Everything comes from this server.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-NONCE'; img-src 'self' data: blob:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// placeholder is where web/index.html has the nonce.
const placeholder = "CSP-NONCE"

// Handler serves the pages: the files by their paths, and for every other path the
// one document whose script shows the page of that path.
func Handler() http.Handler {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the directory is part of the program
	}
	document, err := fs.ReadFile(files, "index.html")
	if err != nil {
		panic(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "only GET", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "same-origin")
		if name != "" && name != "index.html" {
			if content, err := fs.ReadFile(files, name); err == nil {
				serveFile(w, r, name, content)
				return
			}
			if strings.HasPrefix(name, "assets/") {
				http.NotFound(w, r) // of another version of the program
				return
			}
		}
		nonce := rand.Text()
		w.Header().Set("Content-Security-Policy", strings.ReplaceAll(policy, "NONCE", nonce))
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(bytes.ReplaceAll(document, []byte(placeholder), []byte(nonce)))
	})
}

// serveFile serves a file. The names of those in assets have a hash of their
// content, so that they never change.
func serveFile(w http.ResponseWriter, r *http.Request, name string, content []byte) {
	if strings.HasPrefix(name, "assets/") {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
}
