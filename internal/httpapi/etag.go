package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"

	"github.com/clusto/clusto"
)

// etagOf returns the ETag of each of the objects: a hash of what each is and of its
// own attributes, hidden ones too. It asks one question for all of them.
func etagOf(ctx context.Context, inv *clusto.Inventory, of []*clusto.Object) ([]string, error) {
	if len(of) == 0 {
		return nil, nil
	}
	index := map[clusto.EntityID]int{}
	m := clusto.AttrMatch{}
	for i, o := range of {
		index[o.ID] = i
		m.Entities = append(m.Entities, o.ID)
	}
	attrs, err := clusto.Collect(inv.Attrs(ctx, m))
	if err != nil {
		return nil, err
	}
	own := make([][]clusto.Attr, len(of))
	for _, a := range attrs {
		i := index[a.Entity]
		own[i] = append(own[i], a)
	}
	tags := make([]string, len(of))
	for i, o := range of {
		slices.SortFunc(own[i], clusto.CompareAttrs)
		h := sha256.New()
		fmt.Fprintf(h, "%d %q %q %q", o.ID, o.Name, o.Type, o.Entity.Driver)
		for _, a := range own[i] {
			fmt.Fprintf(h, " %q %s %q", a.Name(), a.Value.Kind(), a.Value.Text())
		}
		tags[i] = `"` + base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:15]) + `"`
	}
	return tags, nil
}
