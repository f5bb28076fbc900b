package storetest

import (
	"strings"
	"testing"

	"github.com/clusto/clusto"
)

// testOrigin checks that each version knows the address it came from.
func testOrigin(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	const address = "2001:db8::7"
	long := strings.Repeat("ü", clusto.MaxOriginLen)
	for _, change := range []clusto.Change{
		{Origin: address}, {}, {Origin: long + "x"}, {Origin: address, Joint: true}, {Origin: "a\x00b\xff"},
	} {
		_, err := s.Update(ctx, change, func(tx clusto.Tx) error {
			create(t, tx, "e"+strings.Repeat("x", len(find(t, tx, clusto.Match{}))), "thing", "generic")
			info, _, err := clusto.First(tx.FindVersions(ctx, clusto.VersionMatch{NewestFirst: true, Limit: 1}))
			if err == nil && change.Origin == address && info.Origin != address {
				t.Errorf("inside the change: origin %q, want %q", info.Origin, address)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	want := []string{address, "", long, address, "a\ufffdb\ufffd"}
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		h, err := clusto.Past(r)
		if err != nil {
			return err
		}
		listed, err := clusto.Collect(r.Versions(ctx, 2))
		if err != nil {
			return err
		}
		found, err := clusto.Collect(h.FindVersions(ctx, clusto.VersionMatch{After: 2}))
		if err != nil {
			return err
		}
		for i, infos := range [][]clusto.VersionInfo{listed, found} {
			var got []string
			for _, v := range infos {
				got = append(got, v.Origin)
			}
			wantSame(t, []string{"Versions", "FindVersions"}[i], got, want)
		}
		return nil
	})
}
