package snapshot

import (
	"testing"

	"github.com/clusto/clusto"
)

// FuzzMACOf compares macOf with clusto.ParseMAC.
func FuzzMACOf(f *testing.F) {
	for _, text := range []string{
		"00:16:3e:00:00:01", "00-16-3E-00-00-01", "0016.3e00.0001", "00163e000001", "", "00:16-3e:00:00:01",
		"00:16:3g:00:00:01", "0016:3e00:0001", "00163e00000g", "00.16.3e.00.00.01", "0016.3e00-0001", "00:16:3e:00:00:0", "::::::::::::::::::",
		"AA:BB:CC:DD:EE:FF", "@@:16:3e:00:00:01", "`a:16:3e:00:00:01", "ÄÄÄÄÄÄ",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, err := clusto.ParseMAC(text)
		got, ok := macOf(text)
		if ok != (err == nil) || ok && got != macNumber(want) {
			t.Errorf("%q: %012x, %v, want %v, %v", text, got, ok, want, err)
		}
	})
}
