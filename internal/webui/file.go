package webui

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// file is a file of the pages.
type file struct {
	name    string
	content []byte
	etag    string
	gzipped func() []byte // compressed when it is first asked for; nil if that is not worth it
}

// kinds are the media types of files, whatever the system thinks of them.
var kinds = map[string]string{
	".css":   "text/css; charset=utf-8",
	".ico":   "image/x-icon",
	".js":    "text/javascript; charset=utf-8",
	".json":  "application/json",
	".png":   "image/png",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".woff2": "font/woff2",
}

// packed are the files whose formats are compressed by themselves.
var packed = map[string]bool{".ico": true, ".png": true, ".woff2": true}

// leastCompressed is from how many bytes on a file is worth being compressed:
// less fits into one packet as it is.
const leastCompressed = 1024

func newFile(name string, content []byte) *file {
	sum := sha256.Sum256(content)
	f := &file{name: name, content: content, etag: hex.EncodeToString(sum[:12])}
	if len(content) >= leastCompressed && !packed[path.Ext(name)] {
		f.gzipped = sync.OnceValue(func() []byte { return compress(content) })
	}
	return f
}

// compress returns content compressed as well as gzip can.
func compress(content []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is one of gzip's
	}
	_, _ = w.Write(content) // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

// serve answers with the file. The names of those in assets have a hash of their
// content, so that they never change.
func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	guard(h)
	h.Set("Content-Type", cmp.Or(kinds[path.Ext(f.name)], "application/octet-stream"))
	h.Set("Cache-Control", "public, max-age=3600")
	if strings.HasPrefix(f.name, assets) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	content, etag := f.content, f.etag
	if f.gzipped != nil {
		h.Add("Vary", "Accept-Encoding")
		if takesGzip(r) {
			content, etag = f.gzipped(), etag+"-gzip"
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", strconv.Quote(etag))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// takesGzip reports whether who asks takes answers that are compressed by gzip
// (RFC 9110 section 12.5.3).
func takesGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(coding, ";")
		if name = strings.TrimSpace(name); name != "gzip" && name != "*" {
			continue
		}
		q, found := strings.CutPrefix(strings.TrimSpace(weight), "q=")
		value, err := strconv.ParseFloat(q, 64)
		return !found || err == nil && value > 0
	}
	return false
}
