package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// etagOf returns the ETags of entities, each in quotes as the header wants it. An
// ETag names the state that belongs to an entity itself: its name, type, driver
// and all of its own attributes, those included that are hidden; not what it
// inherits, nor what is said about others. It asks one question for all of them.
//
// The ETag header of an answer has that and, behind a point, what names the very
// answer: one that shows the names of neighbours changes when those do. If-Match is
// about the entity and looks at the first part alone, see [ifMatch]; If-None-Match
// is about the answer and looks at all, see [ifNoneMatch].
func etagOf(ctx context.Context, inv *clusto.Inventory, objects []*clusto.Object) ([]string, error) {
	attrs, err := clusto.Collect(inv.Attrs(ctx, clusto.AttrMatch{Entities: idsOf(objects), ByEntity: true}))
	if err != nil {
		return nil, err
	}
	own := byEntity(attrs)
	tags := make([]string, len(objects))
	for i, o := range objects {
		tags[i] = tagOf(o.Entity, own[o.ID])
	}
	return tags, nil
}

// tagOf returns the ETag of an entity with the given attributes, which it sorts:
// their order does not count.
func tagOf(e clusto.Entity, attrs []clusto.Attr) string {
	slices.SortFunc(attrs, clusto.CompareAttrs)
	state := make([]byte, 0, 64*(1+len(attrs)))
	for _, text := range []string{e.Name, e.Type, e.Driver} {
		state = appendCounted(state, text)
	}
	for _, a := range attrs {
		state = appendCounted(state, a.Key)
		if number, ok := a.Number.Get(); ok {
			state = binary.AppendVarint(append(state, 1), number)
		} else {
			state = append(state, 0)
		}
		if subkey, ok := a.Subkey.Get(); ok {
			state = appendCounted(append(state, 1), subkey)
		} else {
			state = append(state, 0)
		}
		state = appendState(state, a.Value)
	}
	return `"` + digest(state) + `"`
}

// appendState appends a value so that different ones are different.
func appendState(b []byte, v clusto.Value) []byte {
	if v.IsNone() {
		return append(b, 0)
	}
	b = appendCounted(append(b, 1), string(v.Kind()))
	b = binary.AppendVarint(b, v.Int64())
	b = binary.AppendVarint(b, int64(v.Relation()))
	b = binary.AppendVarint(b, v.Time().UnixMicro())
	return appendCounted(b, v.Str())
}

// appendCounted appends a text behind its length.
func appendCounted(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// digest returns a short name of some bytes: 120 bits of their hash, which no two
// states will share.
func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(sum[:15])
}

// answerTag returns the ETag of an answer that shows an entity with the ETag tag.
func answerTag(tag string, body []byte) string {
	return strings.TrimSuffix(tag, `"`) + "." + digest(body) + `"`
}

// ifMatch reports whether a header If-Match allows a change of an entity that
// has the ETag tag now. Tags are compared strongly (RFC 9110 section 13.1.1), and
// only as far as they are about the entity itself.
func ifMatch(header, tag string) bool {
	return matchesTag(header, func(candidate string) bool {
		own, _, _ := strings.Cut(strings.TrimSuffix(candidate, `"`), ".")
		return own+`"` == tag
	})
}

// ifNoneMatch reports whether a header If-None-Match says that the answer with
// the ETag tag is there already. Tags are compared weakly (RFC 9110 section
// 13.1.2).
func ifNoneMatch(header, tag string) bool {
	return matchesTag(header, func(candidate string) bool { return strings.TrimPrefix(candidate, "W/") == tag })
}

// matchesTag reports whether one of the tags of a header meets a condition; "*"
// stands for any.
func matchesTag(header string, meets func(string) bool) bool {
	header = strings.TrimSpace(header)
	if header == "*" {
		return true
	}
	for header != "" {
		header = strings.TrimLeft(header, " \t,")
		opening := strings.IndexByte(header, '"')
		if opening < 0 {
			return false
		}
		length := strings.IndexByte(header[opening+1:], '"')
		if length < 0 {
			return false
		}
		end := opening + length + 2
		if meets(header[:end]) {
			return true
		}
		header = header[end:]
	}
	return false
}

// answerTagged answers with v, which shows an entity that has the ETag tag, or
// says that who asks has the answer already.
func (s *Server) answerTagged(w http.ResponseWriter, r *http.Request, tag string, v any) {
	body, err := encode(v)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	tag = answerTag(tag, body)
	w.Header().Set("ETag", tag)
	if header := r.Header.Values("If-None-Match"); ifNoneMatch(strings.Join(header, ","), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	s.write(w, http.StatusOK, "application/json", body)
}
