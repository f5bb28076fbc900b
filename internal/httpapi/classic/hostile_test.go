package classic_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/httpapi/classic"
)

func TestMaxBody(t *testing.T) {
	s := newServer(t, classic.Options{MaxBody: 100})
	long := strings.Repeat("x", 200)
	for _, lines := range []string{
		"\nname=" + long + "\n",
		"Content-Type: application/json\n\n\"" + long + "\"\n",
		"Content-Type: multipart/form-data; boundary=x\n\n--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n" + long + "\r\n--x--\r\n",
	} {
		for _, target := range []string{"/entity/pool", "/attribute/a"} {
			if w := s.send("POST", target, lines); w.StatusCode != http.StatusRequestEntityTooLarge {
				t.Errorf("%s with %.60q: %s", target, lines, show(t, w))
			}
		}
	}
}

// TestLargeValue stores and shows a value of ten million characters, or says that
// the database cannot hold it.
func TestLargeValue(t *testing.T) {
	s := newServer(t, classic.Options{})
	s.must("POST /entity/pool name=a")
	large := strings.Repeat("x", 10_000_000)
	w := s.send("PUT", "/attribute/a/k", "\nvalue="+large+"\n")
	if w.StatusCode == http.StatusBadRequest && dbtest.Chosen(t) == dbtest.MariaDB {
		return
	}
	attrs := body[[]struct{ Value string }](t, w)
	if w.StatusCode != http.StatusOK || len(attrs) != 1 || attrs[0].Value != large {
		t.Errorf("got %d, %d attributes", w.StatusCode, len(attrs))
	}
	if w := s.send("GET", "/by-attr?key="+large[:1000], ""); w.StatusCode != http.StatusOK {
		t.Error(show(t, w))
	}
	if w := s.send("GET", "/by-name/"+large[:100_000], ""); w.StatusCode != http.StatusNotFound {
		t.Error(w.StatusCode)
	}
}

// TestWideNumbers sends numbers that some databases have no room for.
func TestWideNumbers(t *testing.T) {
	s := newServer(t, classic.Options{})
	s.must("POST /entity/pool name=a\nPOST /resourcemanager/simplenummanager name=n next=4294967296")
	for _, n := range []string{"4294967296", "-4294967296", "9223372036854775807", "-9223372036854775808"} {
		for _, request := range []string{
			"PUT /attribute/a/k?datatype=int&value=" + n,
			"PUT /attribute/a/k/s/" + n + "?value=1",
			"GET /attribute/a/k/s/" + n,
			"DELETE /attribute/a/k/s/" + n,
			"DELETE /attribute/a/k?number=" + n,
			"GET /by-attr?key=k&datatype=int&value=" + n,
			`GET /entity/?attrs={"number":` + n + `,"value":` + n + "}",
			"POST /resourcemanager/simplenummanager/n?object=a&resource=" + n,
			"POST /resourcemanager/simplenummanager/n?object=a",
			"DELETE /resourcemanager/simplenummanager/n?object=a&resource=" + n,
		} {
			method, target, _ := strings.Cut(request, " ")
			if w := s.send(method, target, ""); w.StatusCode >= 500 {
				t.Errorf("%s: %s", request, show(t, w))
			}
		}
	}
}

// FuzzRequest sends any request. What comes back is an answer: never a status of
// 500 and above, and JSON where it says so.
func FuzzRequest(f *testing.F) {
	for _, seed := range [][5]string{
		{"GET", "/entity/pool", "clusto_types=server&names=a", "", ""},
		{"GET", "/entity/", `attrs=[{"key":"a","number":1,"value":[1]}]`, "Clusto-Page: 2\nClusto-Per-Page: 1\nClusto-Mode: expanded", ""},
		{"POST", "/entity/pool", "", "", "name=a&name=b&name=100%"},
		{"POST", "/entity/pool/a", "", "", "action=insert&device=a&device=b"},
		{"DELETE", "/entity/pool/b", "", "", ""},
		{"POST", "/attribute/a", "", "", "key=k&value=v&number=1&subkey=s"},
		{"POST", "/attribute/a/k/s/7", "", "Content-Type: application/json", `{"value": {"deep": [1.5, null, "é"]}, "datatype": "json"}`},
		{"POST", "/attribute/a", "", "Content-Type: application/json", `[{"key": "a", "value": "2012-02-29", "datatype": "datetime", "mask": "%Y-%m-%d"}]`},
		{"PUT", "/attribute/a/k", "value=5&datatype=int", "Clusto-Minify: True", ""},
		{"PUT", "/attribute/a/k", "", "", "value=/pool/a&datatype=relation"},
		{"DELETE", "/attribute/a/k/s/7", "", "", ""},
		{"GET", "/attribute/a/k", "", "", ""},
		{"POST", "/resourcemanager/ipmanager", "", "", "name=net&baseip=10.0.0.0&netmask=255.255.255.0"},
		{"POST", "/resourcemanager/ipmanager/net", "", "", "object=s"},
		{"DELETE", "/resourcemanager/ipmanager/net", "", "", "object=s&resource=10.0.0.1"},
		{"POST", "/resourcemanager/simplenummanager", "", "", "name=n&next=9223372036854775807&maxnum=-1"},
		{"POST", "/resourcemanager/simpleentitynamemanager", "", "", "name=e&digits=99999999999&basename=x"},
		{"POST", "/resourcemanager/simpleentitynamemanager/e", "", "", "driver=basicserver&resource=%00"},
		{"GET", "/from-pools", "pool=a&pool=b&children=no&type=server", "Clusto-Mode: expanded", ""},
		{"GET", "/by-name/a%2Fb", "driver=pool", "", ""},
		{"GET", "/by-names", "name=a&name=%ff", "", ""},
		{"GET", "/by-attr", "key=k&value=1&datatype=int", "", ""},
		{"POST", "/entity/pool", "", "Content-Type: multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nq\r\n--x--\r\n"},
		{"GET", "/__doc__/entity", "", "Accept: text/plain", ""},
		{"OPTIONS", "/entity", "", "", ""},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3], seed[4])
	}
	s := newServer(f, classic.Options{MaxBody: 1 << 16})
	s.must("POST /entity/pool name=a name=b\nPOST /entity/basicserver name=s\nPOST /entity/basicrack name=r")
	f.Fuzz(func(t *testing.T, method, path, query, headers, body string) {
		unescaped, err := url.PathUnescape(path)
		if err != nil || !strings.HasPrefix(path, "/") || strings.ContainsAny(method, " \r\n") || method == "" {
			t.Skip("net/http does not let it through")
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", strings.NewReader(body))
		r.Method, r.URL = method, &url.URL{Path: unescaped, RawPath: path, RawQuery: query}
		for line := range strings.Lines(headers) {
			if name, value, ok := strings.Cut(strings.TrimSpace(line), ": "); ok {
				r.Header.Set(name, value)
			}
		}
		w := httptest.NewRecorder()
		s.api.ServeHTTP(w, r)
		answer, err := io.ReadAll(w.Result().Body)
		if err != nil || w.Code >= 500 {
			t.Fatalf("%s %q: %d %s, %v", method, path, w.Code, answer, err)
		}
		if w.Header().Get("Content-Type") == "application/json" && !json.Valid(answer) {
			t.Fatalf("%s %q: not JSON: %s", method, path, answer)
		}
	})
}

// TestSlowBody has a body that does not come in time.
func TestSlowBody(t *testing.T) {
	s := newServer(t, classic.Options{})
	for _, kind := range []string{"application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"} {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/entity/pool", iotest.ErrReader(os.ErrDeadlineExceeded))
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		s.api.ServeHTTP(w, r)
		if w.Code != http.StatusRequestTimeout {
			t.Errorf("%s: %d %s", kind, w.Code, w.Body)
		}
	}
}
