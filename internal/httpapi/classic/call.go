package classic

import (
	"context"
	"errors"
	"io"
	"math"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/clusto/clusto"
)

// call is a request being answered.
type call struct {
	a      *API
	r      *http.Request
	ctx    context.Context
	query  url.Values // the parameters in the query
	params url.Values // those of a form in the body too
	json   string     // the body, if it is JSON
}

// handler returns an action as a function for a mux.
func (a *API) handler(do action) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { a.serve(w, r, do) }
}

// serve answers a request.
func (a *API) serve(w http.ResponseWriter, r *http.Request, do action) {
	c := &call{a: a, r: r, ctx: r.Context()}
	x, err := answer{}, c.read(w)
	if err == nil {
		if a.o.Refresh != nil {
			a.o.Refresh()
		}
		x, err = do(c)
	}
	if err != nil {
		x = a.failure(r, err)
	}
	a.write(w, r, x)
}

// read reads the parameters and the body.
func (c *call) read(w http.ResponseWriter) error {
	c.query = url.Values{}
	parseForm(c.query, c.r.URL.RawQuery)
	c.params = url.Values{}
	parseForm(c.params, c.r.URL.RawQuery)
	if err := c.readBody(w); err != nil {
		return err
	}
	if !storable(c.r.URL.Path) {
		return notText("the path", c.r.URL.Path)
	}
	for name, values := range c.params {
		for _, s := range slices.Concat([]string{name}, values) {
			if !storable(s) {
				return notText("a parameter", s)
			}
		}
	}
	return nil
}

// readBody reads the body: JSON, a form in parts, or else a form, whatever the
// method is: clients send forms with DELETE.
func (c *call) readBody(w http.ResponseWriter) error {
	if c.r.Body == nil || c.r.Body == http.NoBody {
		return nil
	}
	body := http.MaxBytesReader(w, c.r.Body, c.a.o.MaxBody)
	kind, attributes, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	if kind == "multipart/form-data" {
		return c.readParts(multipart.NewReader(body, attributes["boundary"]))
	}
	content, err := io.ReadAll(body)
	switch {
	case err != nil:
		return bodyError(err)
	case kind == "application/json":
		c.json = string(content)
	default:
		parseForm(c.params, string(content))
	}
	return nil
}

// readParts reads a form in parts. Files are not wanted anywhere.
func (c *call) readParts(parts *multipart.Reader) error {
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return bodyError(err)
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return bodyError(err)
		}
		if part.FileName() == "" {
			c.params.Add(part.FormName(), string(value))
		}
	}
}

// bodyError returns the error for a body that cannot be read.
func bodyError(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok || errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	return clusto.Errorf(clusto.ErrInvalid, "the body cannot be read: %v", err)
}

// parseForm adds the parameters of a form. What is no escape stands for itself,
// as in Python, so that a client may forget to escape a % or a semicolon.
func parseForm(into url.Values, form string) {
	for pair := range strings.SplitSeq(form, "&") {
		if pair != "" {
			name, value, _ := strings.Cut(pair, "=")
			name = unescape(name)
			into[name] = append(into[name], unescape(value))
		}
	}
}

func unescape(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '+':
			out = append(out, ' ')
			continue
		case '%':
			if i+2 < len(s) {
				if b, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
					out = append(out, byte(b))
					i += 2
					continue
				}
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}

// storable reports whether every database can be asked for s.
func storable(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

func notText(what, s string) error {
	return clusto.Errorf(clusto.ErrInvalid, "%s, %s, is not a text; a text is in UTF-8 and without NUL", what, pythonRepr(s))
}

// param returns a parameter, of several the last, or "".
func (c *call) param(name string) string {
	if values := c.params[name]; len(values) > 0 {
		return values[len(values)-1]
	}
	return ""
}

// The modes in which entities are shown.
const (
	modeCompact  = "compact"
	modeExpanded = "expanded"
)

// mode returns how the client wants to see entities: the default is expanded for
// a single one, compact for lists.
func (c *call) mode(otherwise string) (string, error) {
	switch mode := c.r.Header.Get("Clusto-Mode"); mode {
	case "":
		return otherwise, nil
	case modeCompact, modeExpanded:
		return mode, nil
	default:
		return "", refuse(http.StatusConflict, "'"+mode+"' is not a valid mode. Please choose from: {compact,expanded}.")
	}
}

// page is the part of a list that a client wants.
type page struct {
	number, size int // from 1; no number means all
}

// page returns the part of the list that the client wants.
func (c *call) page() (page, error) {
	number, err := c.count("Clusto-Page", 0, 0)
	if err != nil {
		return page{}, err
	}
	size, err := c.count("Clusto-Per-Page", 50, 1)
	return page{number, size}, err
}

// count returns the number in a header, at least least.
func (c *call) count(header string, otherwise, least int) (int, error) {
	value := c.r.Header.Get(header)
	if value == "" {
		return otherwise, nil
	}
	n, err := pythonInt(value)
	switch {
	case err != nil:
		return 0, err
	case !n.IsInt64() && n.Sign() > 0, n.IsInt64() && n.Int64() > math.MaxInt32:
		return math.MaxInt32, nil // there is no such page
	case n.Sign() < 0 || n.Int64() < int64(least):
		return 0, clusto.Errorf(clusto.ErrInvalid, "%s: %s is less than %d", header, n, least)
	}
	return int(n.Int64()), nil
}

// of returns the part of all that p is, and sets the headers of an answer that
// tell so.
func (p page) of(all []*clusto.Object, x *answer) []*clusto.Object {
	if p.number == 0 {
		return all
	}
	x.header.Set("Clusto-Pages", strconv.Itoa((len(all)+p.size-1)/p.size))
	x.header.Set("Clusto-Per-Page", strconv.Itoa(p.size))
	x.header.Set("Clusto-Page", strconv.Itoa(p.number))
	first := min(int64(p.number-1)*int64(p.size), int64(len(all)))
	last := min(first+int64(p.size), int64(len(all)))
	return all[first:last]
}

// view answers from what the inventory is now.
func (c *call) view(fn func(inv *clusto.Inventory) (answer, error)) (x answer, err error) {
	err = c.a.o.Store(c.ctx).View(c.ctx, clusto.Live, func(r clusto.Reader) error {
		x, err = fn(clusto.NewInventory(r, c.a.o.Drivers))
		return err
	})
	return x, err
}

// maxDescription is how much of a request a version tells.
const maxDescription = 500

// update answers from a change of the inventory, all of which is one version.
func (c *call) update(fn func(inv *clusto.Inventory) (answer, error)) (x answer, err error) {
	change := clusto.Change{Description: c.r.Method + " " + c.r.URL.EscapedPath()}
	if len(change.Description) > maxDescription {
		change.Description = change.Description[:maxDescription] + "…"
	}
	if c.a.o.User != nil {
		change.User = c.a.o.User(c.ctx)
	}
	_, err = c.a.o.Store(c.ctx).Update(c.ctx, change, func(tx clusto.Tx) error {
		x, err = fn(clusto.NewInventory(tx, c.a.o.Drivers))
		return err
	})
	return x, err
}
