package fsck_test

// cases are ways to break the world, and what is to be found.
var cases = []struct {
	name   string
	damage []string
	want   []string
}{
	{
		name: "meta missing", damage: []string{`DELETE FROM entity_attrs WHERE entity_id = <clustometa>`, `DELETE FROM counters WHERE entity_id = <clustometa>`, `DELETE FROM entities WHERE name = 'clustometa'`},
		want: nil,
	},
}
