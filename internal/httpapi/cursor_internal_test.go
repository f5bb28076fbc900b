package httpapi

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

func TestCursor(t *testing.T) {
	for _, c := range []cursor{
		{order: orderMade, version: 1, number: 1},
		{order: orderName, version: math.MaxInt64, number: math.MaxInt64, text: strings.Repeat("é", 128)},
		{order: orderName, version: 5, number: -1, text: "\xff\x00"},
	} {
		text := c.encode()
		got, err := decodeCursor(text, c.order)
		if err != nil || *got != c {
			t.Errorf("%+v became %+v, %v", c, got, err)
		}
		if len(text) > 1000 {
			t.Errorf("%d characters", len(text))
		}
		for i := range len(text) {
			damaged := text[:i] + string(text[i]^1) + text[i+1:]
			for _, bad := range []string{damaged, text[:i], text[i+1:]} {
				if got, err := decodeCursor(bad, c.order); bad != "" && !errors.Is(err, clusto.ErrInvalid) {
					t.Errorf("damaged %q: %+v, %v", bad, got, err)
				}
			}
		}
		if _, err := decodeCursor(text, 'x'); !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("in another order: %v", err)
		}
	}
	if c, err := decodeCursor("", orderMade); c != nil || err != nil {
		t.Errorf("none: %+v, %v", c, err)
	}
}

// FuzzCursor: what is read as a cursor is written as the same.
func FuzzCursor(f *testing.F) {
	f.Add(cursor{order: orderMade, version: 3, number: 9}.encode())
	f.Add(base64.RawURLEncoding.EncodeToString([]byte("m\x02\x02....")))
	f.Fuzz(func(t *testing.T, text string) {
		c, err := decodeCursor(text, orderMade)
		if err != nil || c == nil {
			return
		}
		if again, err := decodeCursor(c.encode(), orderMade); err != nil || *again != *c {
			t.Errorf("%q: %+v became %+v, %v", text, c, again, err)
		}
	})
}

// FuzzText: any text is written as JSON that means it.
func FuzzText(f *testing.F) {
	for _, text := range []string{"", `a"b\c`, "\x00\x1f\x7f\n\r\t", "é\u2028\u2029\U0001F600", "\xff\xc3", "<&>"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var got string
		written := appendText(nil, text)
		if err := json.Unmarshal(written, &got); err != nil || got != strings.ToValidUTF8(text, "\uFFFD") && utf8.ValidString(text) {
			t.Errorf("%q became %s, %q, %v", text, written, got, err)
		}
		if !utf8.Valid(written) {
			t.Errorf("%q became %q", text, written)
		}
	})
}

// TestToldCursor refuses cursors that somebody made up: they name no thing of a list.
func TestToldCursor(t *testing.T) {
	for _, c := range []cursor{
		{order: orderTold, version: 5, number: -1, text: "4"},
		{order: orderTold, version: 5, number: math.MaxInt64, text: "4"},
		{order: orderTold, version: 5, number: 1, text: "-4"},
	} {
		if _, _, err := New(Options{}).ends(t.Context(), api.TellDiffParams{}, &c); !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
