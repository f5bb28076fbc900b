package classic

import (
	"bytes"
	"fmt"
	"html/template"
	"mime"
	"net/http"
	"strings"
)

// documentation answers with what the endpoints do: those of one application if
// the path names one, else all.
func documentation(c *call) (answer, error) {
	name := c.r.PathValue("application")
	if app, ok := strings.CutSuffix(strings.TrimSuffix(c.r.URL.Path, "/"), "/__doc__"); ok && name == "" {
		name = strings.TrimPrefix(app, "/")
	}
	var chosen []application
	for _, app := range applications() {
		if name == "" || app.mount == "/"+name {
			chosen = append(chosen, app)
		}
	}
	if len(chosen) == 0 {
		return unknownPath(c)
	}
	x := answer{status: http.StatusOK, header: http.Header{}}
	if accepts(c.r, "text/plain") {
		x.header.Set("Content-Type", "text/plain; charset=UTF-8")
		x.body = plainDocumentation(chosen)
		return x, nil
	}
	x.header.Set("Content-Type", "text/html; charset=UTF-8")
	var page bytes.Buffer
	err := documentationPage.Execute(&page, map[string]any{"About": about, "Headers": headers, "Applications": chosen})
	x.body = page.Bytes()
	return x, err
}

// accepts reports whether kind is what a client names first in its Accept header.
func accepts(r *http.Request, kind string) bool {
	first, _, _ := strings.Cut(r.Header.Get("Accept"), ",")
	got, _, err := mime.ParseMediaType(first)
	return err == nil && got == kind
}

// about tells what holds for all endpoints.
const about = "This is the HTTP API of clusto-apiserver. Parameters come in the query or as a form. " +
	"Answers are JSON; an error is a text that says what is wrong. A request that changes something is one version of the inventory."

// headers are those that requests may have.
var headers = []struct{ Name, Doc string }{
	{"Clusto-Mode", "How entities are shown: compact, /driver/name, or expanded, with all about them. Lists are compact unless this says otherwise, single entities expanded."},
	{"Clusto-Page", "Which page of a list is wanted, from 1; without it the whole list comes. The answer says in Clusto-Pages how many there are."},
	{"Clusto-Per-Page", "How many entities a page has; 50 unless this says otherwise."},
	{"Clusto-Minify", "True asks for JSON on one line."},
}

// plainDocumentation returns the documentation as text.
func plainDocumentation(applications []application) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "clusto\n======\n\n%s\n\nHeaders of requests\n-------------------\n\n", about)
	for _, h := range headers {
		fmt.Fprintf(&out, "%s\n    %s\n\n", h.Name, h.Doc)
	}
	for _, app := range applications {
		fmt.Fprintf(&out, "%s\n%s\n\n%s\n\n", app.Module, strings.Repeat("-", len(app.Module)), app.Doc)
		for _, e := range app.Endpoints {
			fmt.Fprintf(&out, "%s %s\n    %s\n", e.Method, e.Path, e.Doc)
			if e.Params != "" {
				fmt.Fprintf(&out, "    Parameters: %s\n", e.Params)
			}
			out.WriteByte('\n')
		}
	}
	return out.Bytes()
}

var documentationPage = template.Must(template.New("documentation").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>clusto: the classic API</title>
<style>
body { font-family: sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; line-height: 1.4 }
dt { font-family: monospace; margin-top: 1em }
</style>
</head>
<body>
<h1>clusto</h1>
<p>{{.About}}</p>
<h2>Headers of requests</h2>
<dl>
{{- range .Headers}}
<dt>{{.Name}}</dt><dd>{{.Doc}}</dd>
{{- end}}
</dl>
{{- range .Applications}}
<h2>{{.Module}}</h2>
<p>{{.Doc}}</p>
<dl>
{{- range .Endpoints}}
<dt>{{.Method}} {{.Path}}</dt><dd>{{.Doc}}{{with .Params}}<br>Parameters: <code>{{.}}</code>{{end}}</dd>
{{- end}}
</dl>
{{- end}}
</body>
</html>
`))
