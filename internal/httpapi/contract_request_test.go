package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// sent is a request, and what is surely wrong with it.
type sent struct {
	method, target string
	header         http.Header
	body           []byte
	wrong          []string
}

// String returns the request for people, who can send it again.
func (s *sent) String() string {
	var b strings.Builder
	b.WriteString(s.method + " " + clipped(s.target) + "\n")
	for name, values := range s.header {
		b.WriteString(name + ": " + clipped(strings.Join(values, " | ")) + "\n")
	}
	return b.String() + "\n" + clipped(string(s.body))
}

func clipped(text string) string {
	if len(text) > 2000 {
		return text[:2000] + "…"
	}
	return text
}

// request returns the request as net/http would hand it on, or nil if it would
// not: that is not for the API to answer.
func (s *sent) request(ctx context.Context) *http.Request {
	target, err := url.ParseRequestURI(s.target)
	if err != nil || len(s.target) > http.DefaultMaxHeaderBytes {
		return nil
	}
	r, err := http.NewRequestWithContext(ctx, s.method, "http://clusto.example.com/", bytes.NewReader(s.body))
	if err != nil {
		return nil
	}
	r.URL, r.RequestURI, r.Header = target, s.target, s.header
	return r
}

// request returns a request for an operation.
func (g *generator) request(op *operation) *sent {
	s := &sent{method: op.method, header: http.Header{}}
	path := "/api/v1" + op.path
	query := url.Values{}
	for _, p := range op.parameters {
		switch p.In {
		case openapi3.ParameterInPath:
			path = strings.ReplaceAll(path, "{"+p.Name+"}", g.pathElement(g.parameter(s, op, p)[0]))
		case openapi3.ParameterInQuery:
			if !p.Required && g.IntN(3) > 0 {
				continue
			}
			g.queryParameter(s, op, query, p)
		case openapi3.ParameterInHeader:
			if g.IntN(4) == 0 {
				s.header.Set(p.Name, headerText(g.parameter(s, op, p)[0]))
			}
		}
	}
	if op.OperationID == "deleteAttributes" || op.OperationID == "deleteEntity" { // see sound
		query.Set("dry_run", "true")
		s.wrong = slices.DeleteFunc(s.wrong, func(what string) bool { return strings.HasPrefix(what, "dry_run") })
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	if g.odd(8) {
		path += one(g.Rand, []string{"?", "&", "?at", "?at=%zz", "?;", "?limit=1&limit=2", "&cursor=AAAA", "?fields=%00", "?unknown=1", "?at=live~99999999999999999999"})
	}
	s.target = path
	if op.RequestBody != nil {
		g.body(s, op)
	}
	return s
}

// headerText returns what of a text a header can have.
func headerText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, text[:min(len(text), 4000)])
}

// pathElement returns a text as an element of a path: every byte escaped that may
// mean something, or as it is, if that is a path.
func (g *generator) pathElement(text string) string {
	if g.odd(10) {
		return url.PathEscape(text)
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return b.String()
}

// parameter returns the texts of a parameter, at least one.
func (g *generator) parameter(s *sent, op *operation, p *openapi3.Parameter) []string {
	schema := p.Schema.Value
	if schema.Type.Is("array") {
		texts := []string{}
		for range 1 + g.IntN(2) {
			texts = append(texts, g.scalar(s, op, p, schema.Items.Value))
		}
		if g.odd(20) {
			texts = slices.Repeat(texts, 2000)
		}
		return texts
	}
	return []string{g.scalar(s, op, p, schema)}
}

// scalar returns a text of a parameter that has one value.
func (g *generator) scalar(s *sent, op *operation, p *openapi3.Parameter, schema *openapi3.Schema) string {
	// An entity of which the power is switched would be reached over the network.
	if op.OperationID == "switchPower" && p.In == openapi3.ParameterInPath {
		return "production"
	}
	if op.OperationID == "import" && p.Name == "unchecked" {
		return "false" // for what it writes may be unsound
	}
	if g.odd(2) {
		text := g.hostileText()
		if !may(schema, text) {
			s.wrong = append(s.wrong, p.Name+" is "+clipped(text))
		}
		return text
	}
	switch v := g.value(p.Name, schema, 0).(type) {
	case string:
		return v
	default:
		text, err := json.Marshal(v)
		if err != nil {
			panic(err) // the generator makes only what has a JSON form
		}
		return string(text)
	}
}

// queryParameter adds a parameter to a query.
func (g *generator) queryParameter(s *sent, op *operation, query url.Values, p *openapi3.Parameter) {
	texts := g.parameter(s, op, p)
	switch {
	case p.Explode != nil && !*p.Explode:
		query.Set(p.Name, strings.Join(texts, ","))
	default:
		query[p.Name] = texts
	}
	if g.odd(20) {
		query.Add(p.Name, texts[0])
	}
}

// body gives a request a body.
func (g *generator) body(s *sent, op *operation) {
	content := op.RequestBody.Value.Content
	media := content.Get("application/json")
	kind := "application/json"
	var text []byte
	if media == nil {
		kind = "application/x-ndjson"
		text = []byte(one(g.Rand, g.words["file"]))
	} else {
		var err error
		if text, err = json.Marshal(sound(op, g.value("", media.Schema.Value, 0))); err != nil {
			panic(err) // the generator makes only what has a JSON form
		}
	}
	s.header.Set("Content-Type", kind)
	if g.odd(4) {
		text = g.broken(text)
	}
	if g.odd(20) {
		s.header.Set("Content-Type", one(g.Rand, []string{"", "text/plain", "application/xml", "application/json; charset=utf-16", "/", "application/json;;", "multipart/form-data; boundary=x"}))
	}
	s.body = text
}

// broken returns a body that is not what it was.
func (g *generator) broken(text []byte) []byte {
	at := g.IntN(len(text) + 1)
	switch g.IntN(9) {
	case 0:
		return text[:at]
	case 1:
		return slices.Concat(text[:at], []byte("\xff\xfe\xc3"), text[at:])
	case 2:
		return append(slices.Clone(text), text...)
	case 3:
		return bytes.Repeat([]byte("["), 20_000)
	case 4:
		return []byte(`{"attrs":` + strings.Repeat(`[{"value":`, 12_000))
	case 5:
		return bytes.ReplaceAll(text, []byte(`":"`), []byte(`":"\ud800\u0000`))
	case 6:
		return []byte(one(g.Rand, []string{"", " ", "null", "[]", "1e999", `"x"`, "{}", `{"":{}}`, "\xef\xbb\xbf{}", "{\"a\":1,\"a\":2}"}))
	case 7:
		return bytes.ReplaceAll(text, []byte(`:`), []byte(`:-1e400,"x":`))
	}
	return slices.Concat(text[:at], []byte{0}, text[at:])
}

// sound returns the body of a request, as a dry run if it may leave something
// unsound, as people may who know what they do: attributes that make up half a
// cable are deleted, a manager is deleted or changed into something else while
// others have something from it, or the first versions, which made the database,
// are reverted.
func sound(op *operation, body any) any {
	object, ok := body.(map[string]any)
	if !ok {
		return body
	}
	risky := op.OperationID == "changeEntity" && object["driver"] != nil || op.OperationID == "revert"
	operations, _ := object["operations"].([]any)
	for _, o := range operations {
		o, _ := o.(map[string]any)
		risky = risky || o["set_driver"] != nil || o["delete"] != nil || o["delete_attrs"] != nil || o["revert"] != nil
	}
	if risky {
		object["dry_run"] = true
	}
	return object
}

// may reports whether a parameter may have a text, as far as that is certain.
func may(schema *openapi3.Schema, text string) bool {
	switch {
	case schema.Type.Is("boolean"):
		_, err := strconv.ParseBool(text)
		return err == nil || text == ""
	case schema.Type.Is("integer"):
		_, err := strconv.ParseInt(text, 10, 64)
		return err == nil || text == ""
	case len(schema.Enum) > 0: // several may be separated by commas
		return strings.Trim(text, ",") == "" || slices.Contains(schema.Enum, any(text))
	}
	return true
}
