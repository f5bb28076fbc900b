package classic

import (
	"net/http"
	"strconv"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

func listManagers(c *call) (answer, error) {
	driver := c.r.PathValue("driver")
	var drivers []string
	for _, d := range c.a.o.Drivers.Drivers() {
		if d.Is(resource.DriverAny) && (driver == "" || driver == d.Name) {
			drivers = append(drivers, d.Name)
		}
	}
	if _, ok := c.a.o.Drivers.Driver(driver); !ok && driver != "" {
		return answer{}, refuse(http.StatusNotFound, `Not a valid driver "`+driver+`" (driver name `+driver+` doesn't exist.)`)
	}
	return c.listed(func(inv *clusto.Inventory) ([]*clusto.Object, error) {
		if len(drivers) == 0 {
			return nil, nil
		}
		return inv.FindObjects(c.ctx, clusto.Match{Drivers: drivers})
	})
}

func createManager(c *call) (answer, error) {
	mode, err := c.mode(modeExpanded)
	if err != nil {
		return answer{}, err
	}
	driver, name := c.r.PathValue("driver"), c.param("name")
	d, err := c.requested(driver)
	switch {
	case err != nil:
		return answer{}, err
	case !d.Is(resource.DriverAny):
		return answer{}, refuse(http.StatusConflict, `The driver "`+driver+`" is not a resource manager`)
	case name == "":
		return answer{}, refuse(http.StatusPreconditionFailed, "Provide a name to create")
	}
	return c.update(func(inv *clusto.Inventory) (answer, error) {
		there, err := c.named(inv, []string{name})
		if err != nil {
			return answer{}, err
		}
		if o := there[name]; o != nil {
			if err := checkHas(o, driver); err != nil {
				return answer{}, err
			}
			x, err := c.single(inv, http.StatusAccepted, o, mode)
			if err == nil {
				x.header.Set("Warnings", headerText(`Resource manager "`+compact(o.Entity)+`" already exists`))
			}
			return x, err
		}
		o, err := inv.Create(c.ctx, d, name, c.properties(d))
		if err != nil {
			return answer{}, err
		}
		return c.single(inv, http.StatusCreated, o, mode)
	})
}

// properties returns the properties for a new manager that the parameters give.
// A property that is a number by default, or nothing, becomes a number if it looks
// like one: classic clusto kept the text, which its managers could not count with.
func (c *call) properties(d *clusto.Driver) map[string]clusto.Value {
	values := map[string]clusto.Value{}
	for name := range c.params {
		if name == "name" {
			continue
		}
		text := c.param(name)
		values[name] = clusto.String(text)
		p, _ := d.Property(name)
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && (p.Default.IsNone() || p.Default.Kind() == clusto.KindInt) {
			values[name] = clusto.Int(n)
		}
	}
	return values
}

// manager returns the resource manager that the path names.
func (c *call) manager(inv *clusto.Inventory) (*clusto.Object, error) {
	o, err := c.find(inv, c.r.PathValue("name"), c.r.PathValue("driver"))
	if err == nil && !o.Driver().Is(resource.DriverAny) {
		err = refuse(http.StatusConflict, `The object "`+o.Name+`" is not a resource manager`)
	}
	return o, err
}

func showManager(c *call) (answer, error) {
	mode, err := c.mode(modeExpanded)
	if err != nil {
		return answer{}, err
	}
	return c.view(func(inv *clusto.Inventory) (answer, error) {
		o, err := c.manager(inv)
		if err != nil {
			return answer{}, err
		}
		return c.single(inv, http.StatusOK, o, mode)
	})
}

// allocate calls the manager's method, so that a script that overrides it is obeyed.
func allocate(c *call) (answer, error) {
	return c.update(func(inv *clusto.Inventory) (answer, error) {
		m, err := c.manager(inv)
		if err != nil {
			return answer{}, err
		}
		thing, err := c.receiver(inv)
		if err != nil {
			return answer{}, err
		}
		given, err := m.Call(c.ctx, "allocate", c.withResource(m, thing)...)
		if err != nil {
			return answer{}, err
		}
		return c.given(inv, given)
	})
}

// receiver returns what a resource is to be given to: an entity, or a driver, for
// which a new one is made.
func (c *call) receiver(inv *clusto.Inventory) (any, error) {
	driver, name := c.param("driver"), c.param("object")
	if driver != "" {
		if d, ok := c.a.o.Drivers.Driver(driver); ok {
			return d, nil
		}
		return nil, refuse(http.StatusNotFound, `Thing was "`+driver+`" not found`)
	}
	if name == "" {
		return nil, refuse(http.StatusNotFound, `Cannot allocate an empty thing, send one of "driver", "object"`)
	}
	found, err := c.named(inv, []string{name})
	if err == nil && found[name] == nil {
		err = refuse(http.StatusNotFound, `Thing was "`+name+`" not found`)
	}
	return found[name], err
}

// withResource returns the arguments for a method of a manager: the thing, and the
// resource if one is named.
func (c *call) withResource(m *clusto.Object, thing any) []any {
	text := c.param("resource")
	if text == "" {
		return []any{thing}
	}
	if m.Driver().Is(resource.DriverNum) {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return []any{thing, n}
		}
	}
	return []any{thing, text}
}

// given answers with what a manager has given: an attribute, an entity, or
// whatever a script returns.
func (c *call) given(inv *clusto.Inventory, given any) (answer, error) {
	switch given := given.(type) {
	case clusto.Attr:
		known, err := entitiesOf(c.ctx, inv, related([]clusto.Attr{given}))
		if err != nil {
			return answer{}, err
		}
		return reply(http.StatusCreated, known.attr(given)), nil
	case *clusto.Object:
		return reply(http.StatusCreated, compact(given.Entity)), nil
	}
	value, err := clusto.ValueOf(given)
	if err != nil {
		return answer{}, err
	}
	return reply(http.StatusCreated, entities(nil).value(value)), nil
}

func deallocate(c *call) (answer, error) {
	name := c.param("object")
	return c.update(func(inv *clusto.Inventory) (answer, error) {
		m, err := c.manager(inv)
		if err != nil {
			return answer{}, err
		}
		if name == "" {
			return answer{}, refuse(http.StatusNotFound, "Cannot deallocate empty, send an object to deallocate")
		}
		thing, err := c.find(inv, name, "")
		if err != nil {
			return answer{}, err
		}
		if _, err := m.Call(c.ctx, "deallocate", c.withResource(m, thing)...); err != nil {
			return answer{}, err
		}
		return empty(http.StatusNoContent), nil
	})
}
