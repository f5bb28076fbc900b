package operation_test

import "testing"

func TestFirst(t *testing.T) {
	w := newWorld(t)
	c := w.do(`[
	 {"create": {"name": "r1", "driver": "basicrack"}},
	 {"create": {"name": "p", "driver": "pool"}},
	 {"create": {"name": "web1", "driver": "basicserver", "attrs": [{"key": "a", "value": 1}, {"key":"b","number":true,"subkey":"c","value":"x"}], "in": [{"container":"r1","rack_units":[3]},{"container":"p"}]}}
	]`)
	t.Log(diffText(t, &c.Diff), asText(t, c))
	e := w.refuse(`[{"create": {"name": "web1", "driver": "basicserver"}},{"create": {"name": "web2", "driver": "nope"}},{"set_attrs":{"entity":"web2","attrs":[{"key":"a","value":1}]}},{"delete":{"entity":"wob1"}}]`)
	t.Log(e)
}
