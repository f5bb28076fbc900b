// Package webui serves the web pages of clusto, which are built from web/ and are
// part of the program. They ask nothing but the HTTP API of the same server.
//
// [New] returns the handler. A request for a file is answered with it, compressed
// if the client takes that (file.go). A browser that asks for the address of a page
// gets the one document whose script shows the page of that address (document.go).
package webui

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
)

// dist is what "make web" builds.
//
//go:embed all:dist
var dist embed.FS

// Options are what pages need from the server that serves them.
type Options struct {
	// Problem answers a request that cannot be answered with a page, in the way
	// of the API. It is required.
	Problem func(w http.ResponseWriter, r *http.Request, status int, detail string)
}

// places are what the addresses of pages begin with, as in web/src/routes.
var places = []string{"addresses", "admin", "history", "pools", "racks", "setup", "sign-in", "things", "topology"}

// api is what the addresses of the API begin with; no page is there.
const api = "/api/"

// assets is what the paths of files begin with whose names have a hash of their
// content.
const assets = "assets/"

// pages serve the pages.
type pages struct {
	Options
	files    map[string]*file // by their paths without the first slash
	document []byte
}

// New returns the handler of the pages, for all paths that are nobody else's.
func New(o Options) (http.Handler, error) {
	p := &pages{Options: o, files: map[string]*file{}}
	root, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	err = fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(root, name)
		if name == documentName {
			p.document = content
			return err
		}
		p.files[name] = newFile(name, content)
		return err
	})
	return p, err
}

// ServeHTTP implements http.Handler.
func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	f := p.files[name]
	page := isPage(r.URL.Path)
	switch {
	case f == nil && !page && (!isBrowser(r) || strings.HasPrefix(r.URL.Path, "/"+assets) || strings.HasPrefix(r.URL.Path, api)):
		p.Problem(w, r, http.StatusNotFound, "there is nothing at "+r.URL.Path)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		p.Problem(w, r, http.StatusMethodNotAllowed, r.URL.Path+" can only be read, with GET or HEAD")
	case f != nil:
		f.serve(w, r)
	case !isBrowser(r):
		p.Problem(w, r, http.StatusNotFound, "there is nothing at "+r.URL.Path+" but a page for people with a browser")
	case page:
		p.serveDocument(w, http.StatusOK)
	default: // the script says that there is no such page
		p.serveDocument(w, http.StatusNotFound)
	}
}

// Serves reports whether a path is that of a page or of a file that pages are made
// of. They are the same for everybody and hold nothing of an inventory, so that
// who has yet to sign in may have them.
func Serves(urlPath string) bool {
	if isPage(urlPath) {
		return true
	}
	file, err := fs.Stat(dist, path.Join("dist", path.Clean("/"+urlPath)))
	return err == nil && !file.IsDir()
}

// isPage reports whether a path is that of a page.
func isPage(path string) bool {
	place, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return path == "/" || slices.Contains(places, place)
}

// isBrowser reports whether who asks shows documents; programs do not name
// text/html.
func isBrowser(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}
