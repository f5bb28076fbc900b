package clusto_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/clusto/clusto"
)

func TestParseMAC(t *testing.T) {
	want := clusto.MAC{0x00, 0x16, 0x3e, 0xaa, 0xbb, 0x01}
	for _, text := range []string{
		"00:16:3e:aa:bb:01", "00:16:3E:AA:BB:01", "00-16-3e-aa-bb-01", "0016.3eaa.bb01", "00163eaabb01", "00163EAABB01",
	} {
		got, err := clusto.ParseMAC(text)
		if err != nil || got != want {
			t.Errorf("ParseMAC(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "00:16:3e:aa:bb", "00:16-3e:aa:bb:01", "00:16:3e:aa:bb:0g", "0016:3eaa:bb01", "node001", "00163eaabb0"} {
		if _, err := clusto.ParseMAC(text); !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("ParseMAC(%q): got error %v, want ErrInvalid", text, err)
		}
	}
	if got := want.String(); got != "00:16:3e:aa:bb:01" {
		t.Errorf("String() = %q", got)
	}
	if got := want.Bare(); got != "00163eaabb01" {
		t.Errorf("Bare() = %q", got)
	}
}

func TestValidateName(t *testing.T) {
	for name, ok := range map[string]bool{
		"web01": true, "web 01.example": true, "größe": true,
		"": false, " web": false, "web ": false, "a/b": false, "a\nb": false, "\xff": false,
		string(make([]byte, 129)): false,
	} {
		if err := clusto.ValidateName(name); (err == nil) != ok {
			t.Errorf("ValidateName(%q) = %v, want ok %v", name, err, ok)
		}
	}
}

func TestMatchGlob(t *testing.T) {
	for _, test := range []struct {
		pattern, text string
		want          bool
	}{
		{"a*", "abc", true}, {"a*", "ba", false}, {"*c", "abc", true}, {"a*c", "abc", true}, {"a*c", "ac", true},
		{"a*b*c", "a1b2c", true}, {"a*b*c", "a1c2b", false}, {"abc", "abc", true}, {"abc", "abcd", false},
		{"*", "", true}, {"a_c", "abc", false}, {"a%", "abc", false}, {"a*a", "a", false},
	} {
		if got := clusto.MatchGlob(test.pattern, test.text); got != test.want {
			t.Errorf("MatchGlob(%q, %q) = %v, want %v", test.pattern, test.text, got, test.want)
		}
	}
}

func TestValueEqual(t *testing.T) {
	a, _ := clusto.JSON([]byte(`{"b": [1, 2], "a": null}`))
	b, _ := clusto.JSON([]byte(`{"a":null,"b":[1,2]}`))
	if !a.Equal(b) {
		t.Errorf("%s and %s should be equal", a.Text(), b.Text())
	}
	if clusto.Int(1).Equal(clusto.String("1")) || clusto.String("").Equal(clusto.Value{}) {
		t.Error("values of different kinds are equal")
	}
	for f, want := range map[float64]string{1.5: "1.5", 2: "2.0", 1e6: "1000000.0", 1e16: "1e+16", 1e-5: "1e-05", -0.25: "-0.25"} {
		if v, err := clusto.ValueOf(f); err != nil || !v.Equal(clusto.String(want)) {
			t.Errorf("ValueOf(%v) = %q, %v; want the text %q", f, v.Text(), err, want)
		}
	}
	if _, err := clusto.ValueOf(struct{}{}); !errors.Is(err, clusto.ErrInvalid) {
		t.Errorf("ValueOf(struct{}{}): got %v, want ErrInvalid", err)
	}
}

// JSON is stored as classic clusto stores it, by Python's json.dumps.
func TestJSONForm(t *testing.T) {
	for _, test := range []struct {
		in   any
		want string // "" means ErrInvalid
	}{
		{[]any{"red", "blue", int64(3)}, `["red", "blue", 3]`},
		{map[string]any{"b": []any{int64(1), nil, true}, "a": map[string]any{}}, `{"a": {}, "b": [1, null, true]}`},
		{[]any{`a,b:c"d\`, "<&>", "ü\u2028😀\x7f\n"}, `["a,b:c\"d\\", "<&>", "\u00fc\u2028\ud83d\ude00\u007f\n"]`},
		{[]any{&clusto.Object{}}, ""},
		{map[string]any{"when": []any{time.Time{}}}, ""},
	} {
		v, err := clusto.ValueOf(test.in)
		if v.Str() != test.want || test.want == "" && !errors.Is(err, clusto.ErrInvalid) || test.want != "" && err != nil {
			t.Errorf("ValueOf(%v) = %s, %v, want %s", test.in, v.Str(), err, test.want)
		}
	}
	v, err := clusto.JSON([]byte(` {"b":[1,2.50],"a" :"\u00fc"} `))
	if want := `{"b": [1, 2.50], "a": "\u00fc"}`; v.Str() != want || err != nil {
		t.Errorf("JSON: %s, %v, want %s", v.Str(), err, want)
	}
}

func TestErrorKinds(t *testing.T) {
	for _, kind := range clusto.ErrorKinds() {
		err := fmt.Errorf("outer: %w", clusto.WithHint(clusto.Errorf(kind, "the fact: %w", context.Canceled), "do that"))
		if clusto.KindOf(err) != kind || !errors.Is(err, context.Canceled) {
			t.Errorf("%v: kind lost in %v", kind, err)
		}
		if err.Error() != "outer: the fact: context canceled" || clusto.Hint(err) != "do that" {
			t.Errorf("%v: text %q, hint %q", kind, err, clusto.Hint(err))
		}
	}
}

func TestMethodArguments(t *testing.T) {
	type got struct {
		units []int
		name  string
		deep  bool
		key   clusto.Opt[string]
	}
	var last got
	m := clusto.ClassM("look", "units, name='x', deep=False, key=?", "", func(_ context.Context, _ *clusto.Inventory, units []int, name string, deep bool, key clusto.Opt[string]) error {
		last = got{units, name, deep, key}
		return nil
	})
	call := func(positional []any, named map[string]any) error {
		args, err := m.Arrange(positional, named)
		if err != nil {
			return err
		}
		_, err = m.Call(t.Context(), nil, nil, args)
		return err
	}
	if err := call([]any{int64(3)}, map[string]any{"deep": true}); err != nil {
		t.Fatal(err)
	}
	if len(last.units) != 1 || last.units[0] != 3 || last.name != "x" || !last.deep || last.key != (clusto.Opt[string]{}) {
		t.Errorf("got %+v", last)
	}
	if err := call([]any{[]any{int64(3), int64(4)}}, map[string]any{"key": "k"}); err != nil || len(last.units) != 2 || last.key != clusto.Some("k") {
		t.Errorf("got %+v, %v", last, err)
	}
	for name, err := range map[string]error{
		"missing":  call(nil, nil),
		"unknown":  call([]any{int64(1)}, map[string]any{"dep": true}),
		"twice":    call([]any{int64(1)}, map[string]any{"units": int64(2)}),
		"too many": call([]any{int64(1), "a", true, "k", 5}, nil),
		"type":     call([]any{"three"}, nil),
	} {
		if !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", name, err)
		}
	}
	if want := "look(units, name='x', deep=False, key=None)"; m.Signature() != want {
		t.Errorf("Signature() = %s, want %s", m.Signature(), want)
	}
}

// None is an entity or a driver only where a parameter may be left out.
func TestNoneForAnEntity(t *testing.T) {
	fn := func(context.Context, *clusto.Inventory, *clusto.Object) error { return nil }
	many := func(context.Context, *clusto.Inventory, []*clusto.Object) error { return nil }
	for _, test := range []struct {
		method *clusto.Method
		arg    any
		fits   bool
	}{
		{clusto.ClassM("needs", "thing", "", fn), nil, false},
		{clusto.ClassM("may", "thing=None", "", fn), nil, true},
		{clusto.ClassM("told", "thing=?", "", fn), clusto.NotGiven, true},
		{clusto.ClassM("list", "things", "", many), []any{nil}, false},
		{clusto.ClassM("list", "things", "", many), nil, true},
	} {
		_, err := test.method.Call(t.Context(), nil, nil, []any{test.arg})
		if fits := err == nil; fits != test.fits || !fits && !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("%s with %v: %v, want it to fit: %v", test.method.Signature(), test.arg, err, test.fits)
		}
	}
}

// A driver that is refused takes nothing away: the one whose name it has stays
// although its class is another's.
func TestRegisterRefused(t *testing.T) {
	root := &clusto.Driver{Name: clusto.RootDriver, Class: "Driver", Type: "generic"}
	mine := &clusto.Driver{Name: "mine", Class: "Mine", Base: root, Origin: "mine.star"}
	r := clusto.NewRegistry(root, mine)
	again := &clusto.Driver{Name: "mine", Class: "Driver", Base: root, Origin: "mine.star"}
	if _, err := r.Register(again); !errors.Is(err, clusto.ErrExists) {
		t.Errorf("Register: %v, want ErrExists", err)
	}
	if d, ok := r.Driver("mine"); d != mine || !ok {
		t.Errorf("Driver(mine): %v, %v, want what it was", d, ok)
	}
	if d, ok := r.Class("Mine"); d != mine || !ok {
		t.Errorf("Class(Mine): %v, %v, want what it was", d, ok)
	}
}
