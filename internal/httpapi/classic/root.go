package classic

import (
	"net/http"

	"github.com/clusto/clusto"
)

// version answers with the version of the API.
func version(c *call) (answer, error) { return reply(http.StatusOK, c.a.o.Version), nil }

// meta answers with the applications by the paths where they are.
func meta(*call) (answer, error) {
	mounts := object{}
	for _, app := range applications() {
		if app.mount != "" {
			mounts[app.mount] = app.Module
		}
	}
	return reply(http.StatusOK, mounts), nil
}

// find returns the entity called name, which must have the driver, or one that
// extends it, unless driver is "".
func (c *call) find(inv *clusto.Inventory, name, driver string) (*clusto.Object, error) {
	if err := c.checkDriver(driver); err != nil {
		return nil, err
	}
	found, err := c.named(inv, []string{name})
	if err != nil {
		return nil, err
	}
	o := found[name]
	if o == nil {
		return nil, refuse(http.StatusNotFound, `Object "`+name+`" not found (`+name+` does not exist.)`)
	}
	return o, checkHas(o, driver)
}

// checkDriver returns an error if driver is neither "" nor a driver.
func (c *call) checkDriver(driver string) error {
	if _, ok := c.a.o.Drivers.Driver(driver); !ok && driver != "" {
		return refuse(http.StatusPreconditionFailed, `The driver "`+driver+`" is not a valid driver`)
	}
	return nil
}

// checkHas returns an error if driver is neither "" nor that of o, or one that it
// extends.
func checkHas(o *clusto.Object, driver string) error {
	if driver != "" && !o.Driver().Is(driver) {
		return refuse(http.StatusConflict, `The driver for object "`+o.Name+`" is not "`+driver+`"`)
	}
	return nil
}

// named returns those of the named entities that exist.
func (c *call) named(inv *clusto.Inventory, names []string) (map[string]*clusto.Object, error) {
	found := map[string]*clusto.Object{}
	if len(names) == 0 {
		return found, nil
	}
	objects, err := inv.FindObjects(c.ctx, clusto.Match{Names: names})
	for _, o := range objects {
		found[o.Name] = o
	}
	return found, err
}

func byName(c *call) (answer, error) {
	mode, err := c.mode(modeExpanded)
	if err != nil {
		return answer{}, err
	}
	return c.view(func(inv *clusto.Inventory) (answer, error) {
		o, err := c.find(inv, c.r.PathValue("name"), c.param("driver"))
		if err != nil {
			return answer{}, err
		}
		return c.single(inv, http.StatusOK, o, mode)
	})
}

func byNames(c *call) (answer, error) {
	mode, err := c.mode(modeCompact)
	if err != nil {
		return answer{}, err
	}
	names := c.params["name"]
	if len(names) == 0 {
		return answer{}, refuse(http.StatusPreconditionFailed, "Provide at least one name to get data from")
	}
	return c.view(func(inv *clusto.Inventory) (answer, error) {
		found, err := c.named(inv, names)
		if err != nil {
			return answer{}, err
		}
		var objects []*clusto.Object
		for _, name := range names {
			if o := found[name]; o != nil {
				objects = append(objects, o)
			}
		}
		shown, err := c.shown(inv, objects, mode)
		if err != nil {
			return answer{}, err
		}
		out, next := make(list, len(names)), 0
		for i, name := range names {
			if found[name] != nil {
				out[i] = shown[next]
				next++
			}
		}
		return reply(statusOfSome(len(objects), len(names)), out), nil
	})
}

// statusOfSome returns the status where found of wanted were found.
func statusOfSome(found, wanted int) int {
	switch found {
	case wanted:
		return http.StatusOK
	case 0:
		return http.StatusNotFound
	}
	return http.StatusPartialContent
}

func byAttr(c *call) (answer, error) {
	key := c.param("key")
	if key == "" {
		return answer{}, refuse(http.StatusPreconditionFailed, "Provide a key to use get_by_attr")
	}
	match := clusto.AttrMatch{Key: clusto.Is(key)}
	if subkey := c.param("subkey"); subkey != "" {
		match.Subkey = clusto.Is(subkey)
	}
	return c.listed(func(inv *clusto.Inventory) ([]*clusto.Object, error) {
		if c.params.Has("value") {
			value, err := c.wantedValue(inv)
			if err != nil {
				return nil, err
			}
			match.Value = clusto.Is(value)
		}
		attrs, err := clusto.Collect(inv.Attrs(c.ctx, match))
		if err != nil {
			return nil, err
		}
		return c.owners(inv, attrs)
	})
}

// owners returns the entity that each attribute belongs to.
func (c *call) owners(inv *clusto.Inventory, attrs []clusto.Attr) ([]*clusto.Object, error) {
	ids := make([]clusto.EntityID, len(attrs))
	for i, a := range attrs {
		ids[i] = a.Entity
	}
	known, err := entitiesOf(c.ctx, inv, ids)
	if err != nil {
		return nil, err
	}
	var owners []*clusto.Object
	for _, a := range attrs {
		if e, ok := known[a.Entity]; ok {
			owners = append(owners, inv.Wrap(e))
		}
	}
	return owners, nil
}

// wantedValue returns the value that the parameters describe.
func (c *call) wantedValue(inv *clusto.Inventory) (clusto.Value, error) {
	v, err := cast(c.param("value"), c.param("datatype"), c.param("mask"))
	if err != nil || v.relation == "" {
		return v.value, err
	}
	values, err := c.relations(inv, []typed{v})
	if err != nil {
		return clusto.Value{}, err
	}
	return values[0], nil
}

func fromPools(c *call) (answer, error) {
	pools := c.params["pool"]
	if len(pools) == 0 {
		return answer{}, refuse(http.StatusPreconditionFailed, "Provide at least one pool to get data from")
	}
	for _, driver := range c.params["driver"] {
		if err := c.checkDriver(driver); err != nil {
			return answer{}, err
		}
	}
	deep := !c.params.Has("children") || truth(c.param("children"))
	return c.listed(func(inv *clusto.Inventory) ([]*clusto.Object, error) {
		found, err := c.named(inv, pools)
		if err != nil {
			return nil, err
		}
		containers := make([]*clusto.Object, len(pools))
		for i, name := range pools {
			if containers[i] = found[name]; containers[i] == nil {
				return nil, refuse(http.StatusNotFound, name+" does not exist.")
			}
		}
		return inv.InAll(c.ctx, containers, deep, clusto.Match{Types: c.params["type"], Drivers: c.params["driver"]})
	})
}

// listed answers with the part of a list that the client wants.
func (c *call) listed(find func(inv *clusto.Inventory) ([]*clusto.Object, error)) (answer, error) {
	mode, err := c.mode(modeCompact)
	if err != nil {
		return answer{}, err
	}
	part, err := c.page()
	if err != nil {
		return answer{}, err
	}
	return c.view(func(inv *clusto.Inventory) (answer, error) {
		all, err := find(inv)
		if err != nil {
			return answer{}, err
		}
		x := reply(http.StatusOK, nil)
		x.json, err = c.shown(inv, part.of(all, &x), mode)
		return x, err
	})
}
