package httpapi

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// How many keys an answer has.
const (
	defaultKeys = 50
	maxKeys     = 1000
)

// sampled is how many entities of a driver are looked at for keys: those of one
// driver have much the same attributes.
const sampled = 200

// ListAttributeKeys answers listAttributeKeys.
func (s *Server) ListAttributeKeys(w http.ResponseWriter, r *http.Request, params api.ListAttributeKeysParams) {
	limit, err := limitOf(r, params.Limit, defaultKeys, maxKeys)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	list := api.AttrKeyList{Keys: []api.AttrKey{}}
	err = s.view(r.Context(), params.At, func(inv *clusto.Inventory) error {
		some, err := sample(r.Context(), inv, params.Type)
		if err != nil {
			return err
		}
		keys, err := keysOf(r.Context(), inv, clusto.AttrMatch{Entities: some, ByEntity: true, Visible: !params.Hidden}, params.Prefix)
		if err != nil {
			return err
		}
		list.Keys = append(list.Keys, keys[:min(limit, len(keys))]...)
		list.Version, err = versionNumber(r.Context(), inv)
		return err
	})
	s.reply(w, r, list, err)
}

// sample returns some entities of each driver, evenly from the oldest to the
// newest.
func sample(ctx context.Context, inv *clusto.Inventory, typ string) ([]clusto.EntityID, error) {
	var m clusto.Match
	if typ != "" {
		m.Types = []string{typ}
	}
	drivers := map[string][]clusto.EntityID{}
	for e, err := range inv.Find(ctx, m) {
		if err != nil {
			return nil, err
		}
		drivers[e.Driver] = append(drivers[e.Driver], e.ID)
	}
	some := []clusto.EntityID{}
	for _, ids := range drivers {
		n := min(len(ids), sampled)
		for i := range n {
			some = append(some, ids[i*len(ids)/n])
		}
	}
	slices.Sort(some)
	return some, nil
}

// attrName is what an attribute is called, without its number.
type attrName struct {
	key    string
	subkey clusto.Opt[string]
}

// String returns the name as people write it.
func (n attrName) String() string {
	if subkey, ok := n.subkey.Get(); ok {
		return n.key + "." + subkey
	}
	return n.key
}

// keysOf returns the names of the attributes that m selects and that begin with
// prefix, in any case, the most frequent first.
func keysOf(ctx context.Context, inv *clusto.Inventory, m clusto.AttrMatch, prefix string) ([]api.AttrKey, error) {
	prefix = strings.ToLower(prefix)
	kinds := map[attrName]map[clusto.Kind]int{}
	for a, err := range inv.Attrs(ctx, m) {
		if err != nil {
			return nil, err
		}
		name := attrName{a.Key, a.Subkey}
		if kinds[name] == nil {
			if !strings.HasPrefix(strings.ToLower(name.String()), prefix) {
				continue
			}
			kinds[name] = map[clusto.Kind]int{}
		}
		kinds[name][a.Value.Kind()]++
	}
	keys := make([]api.AttrKey, 0, len(kinds))
	for name, counts := range kinds {
		keys = append(keys, keyMet(name, counts))
	}
	slices.SortFunc(keys, func(a, b api.AttrKey) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Key, b.Key), cmp.Compare(subkeyText(a), subkeyText(b)))
	})
	return keys, nil
}

// keyMet returns a name with how often it was met with values of which kinds.
func keyMet(name attrName, counts map[clusto.Kind]int) api.AttrKey {
	met := api.AttrKey{Key: name.key}
	if subkey, ok := name.subkey.Get(); ok {
		met.Subkey = &subkey
	}
	most := 0
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		met.Count += counts[kind]
		if counts[kind] > most {
			most, met.Type = counts[kind], api.ValueType(kind)
		}
	}
	return met
}

func subkeyText(k api.AttrKey) string {
	if k.Subkey == nil {
		return ""
	}
	return *k.Subkey
}
