package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/clusto/clusto/api"
)

func TestParseAttr(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text  string
		want  string // as the API takes it; "" for what is refused
		noVal bool
	}{
		{text: "role=db", want: `{"key":"role","type":"string","value":"db"}`},
		{text: "system.memory=16384", want: `{"key":"system","subkey":"memory","type":"int","value":16384}`},
		{text: "dns#0=192.0.2.53", want: `{"key":"dns","number":0,"type":"string","value":"192.0.2.53"}`},
		{text: "disk.size#1=500", want: `{"key":"disk","number":1,"subkey":"size","type":"int","value":500}`},
		{text: "disk#1.size=500", want: `{"key":"disk","number":1,"subkey":"size","type":"int","value":500}`},
		{text: "dns#+=x", want: `{"key":"dns","number":true,"type":"string","value":"x"}`},
		{text: "a=b=c.d#e", want: `{"key":"a","type":"string","value":"b=c.d#e"}`},
		{text: "a=", want: `{"key":"a","type":"string","value":""}`},
		{text: "a", want: `{"key":"a"}`},
		{text: "a=none:", want: `{"key":"a","value":null}`},
		{text: "a=relation:web1", want: `{"key":"a","type":"relation","value":"web1"}`},
		{text: "a=json:[1,2]", want: `{"key":"a","type":"json","value":[1,2]}`},
		{text: "a=datetime:2026-11-22", want: `{"key":"a","type":"datetime","value":"2026-11-22T00:00:00"}`},
		{text: "a=string:7", want: `{"key":"a","type":"string","value":"7"}`},
		{text: "=x"}, {text: ".b=x"}, {text: "a.=x"}, {text: "a#=x"}, {text: "a#x=x"}, {text: "a#-1=x"}, {text: ""},
		{text: "a=int:x"}, {text: "a=json:{"},
	} {
		got := ""
		if a, err := parseAttr(c.text); err == nil {
			if n, err := a.newAttr(); err == nil {
				encoded, err := json.Marshal(n)
				if err != nil {
					t.Fatal(err)
				}
				got = string(encoded)
			}
		}
		if got != c.want {
			t.Errorf("%q: got %s, want %s", c.text, got, c.want)
		}
	}
}

// TestAttrPath checks that what names an attribute is read again.
func TestAttrPath(t *testing.T) {
	t.Parallel()
	number, subkey := int64(3), "size"
	for _, n := range []*int64{nil, &number} {
		for _, s := range []*string{nil, &subkey} {
			text := attrPath("disk", n, s)
			a, err := parseAttr(text)
			if err != nil || a.String() != text {
				t.Errorf("%q is read as %q (%v)", text, a.String(), err)
			}
		}
	}
}

func TestDeletions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"role":          `[{"entity":"w","key":"role"}]`,
		"role=db":       `[{"entity":"w","key":"role","type":"string","value":"db"}]`,
		"a.b#2":         `[{"entity":"w","key":"a","number":2,"subkey":"b"}]`,
		"a=7":           `[{"entity":"w","key":"a","type":"int","value":7},{"entity":"w","key":"a","type":"string","value":"7"}]`,
		"a=int:7":       `[{"entity":"w","key":"a","type":"int","value":7}]`,
		"a=string:7":    `[{"entity":"w","key":"a","type":"string","value":"7"}]`,
		"a#+":           "",
		"a=relation:x ": `[{"entity":"w","key":"a","type":"relation","value":"x "}]`,
	} {
		a, err := parseAttr(text)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if ops, err := a.deletions("w"); err == nil {
			var all []*api.DeleteAttrs
			for _, op := range ops {
				all = append(all, op.DeleteAttrs)
			}
			encoded, err := json.Marshal(all)
			if err != nil {
				t.Fatal(err)
			}
			got = string(encoded)
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestParsePlace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"rk1":       "rk1 []",
		"rk1:7":     "rk1 [7]",
		"rk1:7-9":   "rk1 [7 8 9]",
		"rk1:9,7":   "rk1 [9 7]",
		"a:b":       "a:b []",
		"a:b:3":     "a:b [3]",
		":3":        ":3 []",
		"rk1:":      "rk1: []",
		"rk1:9-7":   "rk1:9-7 []",
		"rk1:1-999": "rk1:1-999 []",
	} {
		p := parsePlace(text)
		if got := fmt.Sprint(p.Container, " ", p.RackUnits); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
	for text, units := range map[string][]int{"": nil, "7": {7}, "7-9": {7, 8, 9}, "1-2,5,8-9": {1, 2, 5, 8, 9}} {
		if got := unitsText(units); got != text {
			t.Errorf("%v: got %q, want %q", units, got, text)
		}
	}
}

func TestParsePort(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, other, want string }{
		{"nic-eth/1", "", "d nic-eth/1"},
		{"pwr-nema-5/aa3", "nic-eth", "d pwr-nema-5/aa3"},
		{"12", "nic-eth", "d nic-eth/12"},
		{"a/b/3", "", "d a/b/3"},
		{"12", "", ""}, {"nic-eth/", "", ""}, {"/1", "", ""}, {"", "nic-eth", ""},
	} {
		got := ""
		if p, err := parsePort("d", c.text, c.other); err == nil {
			got = portText(p)
		}
		if got != c.want {
			t.Errorf("%q after %q: got %q, want %q", c.text, c.other, got, c.want)
		}
	}
}

func TestParseCall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args string
		want string // "" for what is refused
	}{
		{"m", `{"entity":"","method":"m"}`},
		{"m a 7 true null", `{"args":["a",7,true,null],"entity":"","method":"m"}`},
		{"m relation:w x=relation:w t=datetime:2026-11-22", `{"args":[{"entity":"w"}],"entity":"","method":"m","named":{"t":{"time":"2026-11-22T00:00:00"},"x":{"entity":"w"}}}`},
		{`m "a=b" [1,"x"] {"k":1}`, `{"args":["a=b",[1,"x"],{"k":1}],"entity":"","method":"m"}`},
		{"m t{ 1.5 -3", `{"args":["t{","1.5",-3],"entity":"","method":"m"}`},
		{"m x=1 y", ""}, {"m x=1 x=2", ""}, {"m x=int:y", ""},
	} {
		got := ""
		if call, err := parseCall(strings.Fields(c.args)); err == nil {
			encoded, err := json.Marshal(call)
			if err != nil {
				t.Fatal(err)
			}
			got = string(encoded)
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.args, got, c.want)
		}
	}
}

func TestArgumentText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		``: "", `null`: "", `"a b"`: "a b", `7`: "7", `true`: "true", `{"entity":"w"}`: "w", `{"driver":"d"}`: "d",
		`{"time":"2026-11-22T00:00:00Z"}`: "2026-11-22T00:00:00Z", `{"a":"b"}`: `{"a":"b"}`, `{"a":1}`: `{"a":1}`,
		`{"key":"disk","number":1,"subkey":"size","type":"int","value":5}`: "disk.size#1 = 5",
		`["a",{"entity":"w"},[1]]`: "a\nw\n[1]",
		`[]`:                       "",
	} {
		if got := argumentLines(json.RawMessage(text)); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestNetworkProperties(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ network, gateway, want string }{
		{"192.0.2.0/24", "192.0.2.1", "baseip=string:192.0.2.0 netmask=255.255.255.0 gateway=string:192.0.2.1"},
		{"10.1.2.3/22", "", "baseip=string:10.1.0.0 netmask=255.255.252.0"},
		{"0.0.0.0/0", "", "baseip=string:0.0.0.0 netmask=0.0.0.0"},
		{"2001:db8::/64", "", "baseip=string:2001:db8:: netmask=string:64"},
		{"", "", ""},
		{"192.0.2.0", "", "refused"}, {"", "x", "refused"},
	} {
		set, err := networkProperties(c.network, c.gateway)
		got := strings.Join(set, " ")
		if err != nil {
			got = "refused"
		}
		if got != c.want {
			t.Errorf("%s, %s: got %s, want %s", c.network, c.gateway, got, c.want)
		}
	}
}

func TestMeets(t *testing.T) {
	t.Parallel()
	attr := func(key, subkey, value string) api.Attr {
		return api.Attr{Key: key, Subkey: &subkey, Value: json.RawMessage(value)}
	}
	attrs := []api.Attr{
		attr("system", "memory", "16384"), attr("system", "cpucount", `"8"`), attr("disk", "size", `"500G"`), attr("disk", "size", "1"),
	}
	h := capacityOf(api.Entity{Attrs: &attrs})
	for _, c := range []struct {
		least capacity
		want  bool
	}{
		{capacity{}, true},
		{capacity{memory: 16, cores: 8, spindles: 2}, true},
		{capacity{memory: 17}, false},
		{capacity{cores: 9}, false},
		{capacity{spindles: 3}, false},
		{capacity{disk: 1}, false}, // not known
	} {
		if got := h.meets(c.least); got != c.want {
			t.Errorf("%+v: got %v, want %v", c.least, got, c.want)
		}
	}
}

func TestShellText(t *testing.T) {
	t.Parallel()
	got := shellText([]string{"ssh", "-l", "root:serial5", "a b", "it's", "", "$(x)"})
	if want := `ssh -l root:serial5 'a b' 'it'\''s' '' '$(x)'`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNameList(t *testing.T) {
	t.Parallel()
	names := []string{"a", "b", "c", "d", "e", "f"}
	if got, want := nameList(names[:5]), "a, b, c, d, e"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := nameList(names), "a, b, c, d and 2 more"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if !slices.Equal(names, []string{"a", "b", "c", "d", "e", "f"}) {
		t.Errorf("the names are now %v", names)
	}
}
