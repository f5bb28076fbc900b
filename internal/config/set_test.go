package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/config"
)

func TestSet(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		key, value string
		err        string // what the error holds; "" for none
	}{
		{key: "listen", value: "127.0.0.1:1162"},
		{key: "listen", value: "nowhere", err: "HOST:PORT"},
		{key: "mac_prefixes", value: "00:1E:C9,00-25-90"},
		{key: "mac_prefixes", value: "zz", err: "beginning of a MAC address"},
		{key: "receive_buffer", value: "8M"},
		{key: "receive_buffer", value: "lots", err: "size"},
		{key: "queue", value: "0", err: "whole number"},
		{key: "colour", value: "red", err: "no key colour"},
	} {
		err := config.Default().Set("snmptrapd", tc.key, tc.value)
		if tc.err == "" && err != nil || tc.err != "" && (err == nil || !strings.Contains(err.Error(), tc.err)) {
			t.Errorf("Set %s %q: got error %v, want one with %q", tc.key, tc.value, err, tc.err)
		}
	}
	c := config.Default()
	if err := c.Set("snmptrapd", "mac_prefixes", "00:1E:C9,00-25-90"); err != nil {
		t.Fatal(err)
	}
	if got, want := c.SNMPTrapd.MACPrefixes, []string{"00:1e:c9", "00:25:90"}; !slices.Equal(got, want) {
		t.Errorf("got prefixes %v, want %v", got, want)
	}
}
