package apidocs

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed bundle page
var files embed.FS

// Policy is the Content-Security-Policy of the pages: everything comes from this
// server, scripts and styles only from files. Swagger UI has its icons in the
// style sheet.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// file is a file that is served.
type file struct {
	name, media string
	plain, gzip []byte // gzip is nil for what is small
	tag         string
}

// Handler serves the pages: the first is "", the others are beside it.
func Handler() http.Handler {
	served := map[string]*file{}
	for _, dir := range []string{"bundle", "page"} {
		entries, err := files.ReadDir(dir)
		if err != nil {
			panic(err) // the directories are part of the program
		}
		for _, entry := range entries {
			f := read(path.Join(dir, entry.Name()))
			served[f.name] = f
		}
	}
	served[""] = served["index.html"]
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := served[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		f.serve(w, r)
	})
}

// read returns an embedded file. One whose name ends in .gz is served without that.
func read(name string) *file {
	content, err := fs.ReadFile(files, name)
	if err != nil {
		panic(err) // it was just listed
	}
	base, compressed := strings.CutSuffix(path.Base(name), ".gz")
	sum := sha256.Sum256(content)
	f := &file{name: base, media: mediaOf(base), plain: content, tag: `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
	if compressed {
		f.plain, f.gzip = nil, content
	}
	return f
}

// mediaOf returns the media type of a file by its name.
func mediaOf(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	}
	return "text/plain; charset=utf-8"
}

// serve answers with the file, compressed where that is understood.
func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", Policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache") // the program may be another one tomorrow
	h.Set("Content-Type", f.media)
	content, tag := f.plain, f.tag
	switch {
	case f.gzip == nil:
	case acceptsGzip(r):
		h.Set("Content-Encoding", "gzip")
		h.Set("Vary", "Accept-Encoding")
		content = f.gzip
	default:
		h.Set("Vary", "Accept-Encoding")
		tag = strings.TrimSuffix(tag, `"`) + `p"`
		content = expand(f.gzip)
	}
	h.Set("ETag", tag)
	http.ServeContent(w, r, f.name, time.Time{}, bytes.NewReader(content))
}

// acceptsGzip reports whether who asks understands gzip.
func acceptsGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, quality, _ := strings.Cut(strings.ReplaceAll(coding, " ", ""), ";")
		if (name == "gzip" || name == "*") && quality != "q=0" {
			return true
		}
	}
	return false
}

// expand returns what is compressed in one of the files.
func expand(compressed []byte) []byte {
	var plain bytes.Buffer
	r, err := gzip.NewReader(bytes.NewReader(compressed))
	if err == nil {
		_, err = plain.ReadFrom(r)
	}
	if err != nil {
		panic(err) // the file is part of the program, and a test expands it
	}
	return plain.Bytes()
}
