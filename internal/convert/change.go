package convert

import "github.com/clusto/clusto"

// Change is what an import does to one entity. Attributes are written as
// name = value, values as [FormatValue] has them.
type Change struct {
	Name      string   `json:"name"`
	Type      string   `json:"type"`
	Driver    string   `json:"driver"`
	New       bool     `json:"new"`
	WasDriver string   `json:"was_driver,omitempty"` // if it gets another driver or type
	WasType   string   `json:"was_type,omitempty"`
	Removed   []string `json:"removed,omitempty"`
	Added     []string `json:"added,omitempty"`
	Into      []string `json:"into,omitempty"` // containers that it is put into
}

// tell reports what the plan changes.
func (i *importer) tell() {
	for _, s := range i.steps {
		if !s.isNew() && s.is == s.was && len(s.add)+len(s.del)+len(s.places) == 0 {
			i.report.Unchanged++
			continue
		}
		c := Change{Name: s.Name, Type: s.is.Type, Driver: s.is.Driver, New: s.isNew()}
		if !c.New && s.is != s.was {
			c.WasDriver, c.WasType = s.was.Driver, s.was.Type
		}
		for _, a := range s.del {
			c.Removed = append(c.Removed, i.text(a, i.names[a.Value.Relation()]))
		}
		for _, a := range s.add {
			c.Added = append(c.Added, i.text(a.attr(), a.To))
		}
		for _, p := range s.places {
			c.Into = append(c.Into, p.Container)
		}
		i.report.Changes = append(i.report.Changes, c)
	}
}

func (i *importer) text(a clusto.Attr, to string) string {
	return a.Name() + " = " + FormatValue(a.Value, to)
}
