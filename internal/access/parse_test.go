package access_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/access"
)

// lines are grants and their canonical forms.
var lines = []struct{ line, want string }{
	{"admin", "admin"},
	{" script ", "script"},
	{"read", "read *"},
	{"read *", "read *"},
	{"read attr/dhcp.* of type server", "read attr/dhcp.* of type server"},
	{"read entity in web", "read entity in web"},
	{"write attr/* in pool web", "write attr/* in pool web"},
	{"write in pool web in datacenter sv3 of type server", "write * of type server in pool web in datacenter sv3"},
	{"write in web in web", "write * in web"},
	{"write entity in rack sv3-001", "write entity in rack sv3-001"},
	{"write contents on web", "write contents on web"},
	{"write port   in datacenter sv3", "write port in datacenter sv3"},
	{"write attr/system.disk-* of driver basicserver on web7", "write attr/system.disk-* of driver basicserver on web7"},
	{"secret", "secret attr/*"},
	{"secret attr/ipmi.password in pool web", "secret attr/ipmi.password in pool web"},
	{"allocate in sv3-net1", "allocate in sv3-net1"},
	{"allocate", "allocate"},
	{"act power in rack sv3-001", "act power in rack sv3-001"},
	{"act call/remote_hands on eqix-sv3", "act call/remote_hands on eqix-sv3"},
	{"act", "act *"},
	{"act console in pool pool", "act console in pool pool"},
	{`write in "in"`, `write * in "in"`},
	{`write in pool "of" on "on"`, `write * on "on" in pool "of"`},
	{`read in "a b"`, `read * in "a b"`},
	{`read in "we\"ird\\"`, `read * in we"ird\`},
	{`read in "\"x"`, `read * in "\"x"`},
	{`read in "web"`, "read * in web"},
	{"read in pool of type server", "read * of type server in pool"},
	{"read in müllverbrennung", "read * in müllverbrennung"},
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range lines {
		g, err := access.Parse(c.line)
		if err != nil {
			t.Errorf("%s: %v", c.line, err)
			continue
		}
		if got := g.String(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.line, got, c.want)
		}
		again, err := access.Parse(c.want)
		if err != nil || cmp.Diff(g, again) != "" {
			t.Errorf("%s: read again it is %+v, %v; want %+v", c.want, again, err, g)
		}
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line   string
		column int
		hint   string
	}{
		{"", 1, ""},
		{"   ", 4, ""},
		{"wirte attr/*", 1, "did you mean write?"},
		{`"read"`, 1, "did you mean read?"},
		{"admin in pool web", 7, ""},
		{"write atr/*", 7, "did you mean attr?"},
		{"write power", 7, ""},
		{"read contents", 6, ""},
		{"write attr", 11, ""},
		{"write attr/", 12, ""},
		{"write attr/a.", 14, ""},
		{"write attr/ä", 12, ""},
		{"write attr/a.b.c", 14, ""},
		{"write entity/x", 13, ""},
		{"act call", 9, ""},
		{"act call/", 10, ""},
		{"act pwoer", 5, "did you mean power?"},
		{"secret entity", 8, ""},
		{"allocate sv3-net1", 10, ""},
		{"write attr/* in", 16, ""},
		{"write attr/* in pool web web", 26, ""},
		{"write attr/* in in web", 17, ""},
		{"write of tpye server", 10, "did you mean type?"},
		{"write of type", 14, ""},
		{"write on", 9, ""},
		{"write on a on b", 12, ""},
		{"write of type a of type b", 17, ""},
		{`write on ""`, 10, ""},
		{`write on "a`, 10, ""},
		{`write on "a"b`, 13, ""},
		{"write\ton a", 6, ""},
		{"write on a\nadmin", 11, ""},
		{"write on \u00a0a", 10, ""},
		{"write on \"ü\x00\"", 10, ""},
	} {
		_, err := access.Parse(c.line)
		syntax, ok := errors.AsType[*access.SyntaxError](err)
		if !ok || !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("%q: %v, want a *SyntaxError", c.line, err)
			continue
		}
		if syntax.Column != c.column || clusto.Hint(err) != c.hint {
			t.Errorf("%q: column %d, hint %q; want %d, %q (%v)", c.line, syntax.Column, clusto.Hint(err), c.column, c.hint, err)
		}
	}
	if _, err := access.Parse("read on " + strings.Repeat("x", 2000)); !errors.Is(err, clusto.ErrInvalid) {
		t.Errorf("a very long line: %v, want ErrInvalid", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range lines {
		f.Add(c.line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		g, err := access.Parse(line)
		if err != nil {
			if !errors.Is(err, clusto.ErrInvalid) {
				t.Errorf("%q: %v, want ErrInvalid", line, err)
			}
			if s, ok := errors.AsType[*access.SyntaxError](err); ok && (s.Column < 1 || s.Column > len([]rune(line))+1) {
				t.Errorf("%q: column %d", line, s.Column)
			}
			return
		}
		canonical := g.String()
		again, err := access.Parse(canonical)
		if err != nil && len(canonical) > len(line) && len(canonical) > 900 {
			return // quotes and stars made it too long
		}
		if err != nil || cmp.Diff(g, again) != "" || again.String() != canonical {
			t.Errorf("%q: %q is read as %+v, %v; want %+v", line, canonical, again, err, g)
		}
	})
}
