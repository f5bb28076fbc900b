package classic_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/httpapi/classic"
)

// BenchmarkList answers with lists of entities that have a dozen attributes each.
func BenchmarkList(b *testing.B) {
	s := newServer(b, classic.Options{})
	s.must("POST /resourcemanager/ipmanager name=net baseip=10.0.0.0 netmask=255.255.0.0\nPOST /entity/pool name=p")
	for i := range 1000 {
		s.must(fmt.Sprintf("POST /entity/basicserver name=s%d\nPOST /resourcemanager/ipmanager/net object=s%d\nPOST /entity/pool/p action=insert device=s%d", i, i, i))
		var attrs []string
		for j := range 8 {
			attrs = append(attrs, fmt.Sprintf(`{"key": "disk", "number": %d, "subkey": "size", "value": "%d GB"}`, j, j))
		}
		s.send("POST", fmt.Sprintf("/attribute/s%d", i), "Content-Type: application/json\n\n["+strings.Join(attrs, ", ")+"]\n")
	}
	for _, mode := range []string{"compact", "expanded"} {
		b.Run(mode, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequestWithContext(b.Context(), "GET", "/entity/basicserver", nil)
				r.Header.Set("Clusto-Mode", mode)
				w := httptest.NewRecorder()
				s.api.ServeHTTP(w, r)
				if w.Code != 200 {
					b.Fatal(w.Body)
				}
				b.SetBytes(int64(w.Body.Len()))
			}
		})
	}
}
