package script

import (
	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/query"
)

// queryCall is query(text, merge_container_attrs=False): the entities that a query
// in the language of package query selects, sorted by name.
func queryCall(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var text string
	var merge bool
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "text", &text, "merge_container_attrs?", &merge); err != nil {
		return nil, err
	}
	q, err := query.Parse(text)
	if err != nil {
		return nil, err
	}
	x := envOf(t)
	inv, err := x.inventory()
	if err != nil {
		return nil, err
	}
	found, err := q.Run(x.ctx, inv.Reader, query.Options{MergeAttrs: merge})
	if err != nil {
		return nil, err
	}
	objects := make([]*clusto.Object, len(found))
	for i, e := range found {
		objects[i] = inv.Wrap(e)
	}
	return x.fromGo(objects)
}
