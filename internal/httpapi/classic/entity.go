package classic

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/clusto/clusto"
)

func listEntities(c *call) (answer, error) {
	match, err := c.search()
	if err != nil {
		return answer{}, err
	}
	return c.listed(func(inv *clusto.Inventory) ([]*clusto.Object, error) {
		return inv.FindObjects(c.ctx, match)
	})
}

// search returns the entities that the path and the parameters select.
func (c *call) search() (clusto.Match, error) {
	var m clusto.Match
	for name, values := range c.params {
		switch name {
		case "names":
			m.Names = values
		case "clusto_types":
			m.Types = values
		case "clusto_drivers":
			m.Drivers = values
		case "attrs":
			for _, text := range values {
				some, err := attrMatches(text)
				if err != nil {
					return m, err
				}
				m.Attrs = append(m.Attrs, some...)
			}
		default:
			return m, clusto.Errorf(clusto.ErrInvalid, "the search has no parameter %q; it has names, clusto_types, clusto_drivers and attrs", name)
		}
	}
	if driver := c.r.PathValue("driver"); driver != "" {
		m.Drivers = []string{driver}
	}
	for _, driver := range m.Drivers {
		if _, ok := c.a.o.Drivers.Driver(driver); !ok {
			return m, refuse(http.StatusPreconditionFailed, `The requested driver "`+driver+`" does not exist`)
		}
	}
	return m, nil
}

// attrMatches reads conditions on attributes: a JSON object or a list of them.
func attrMatches(text string) ([]clusto.AttrMatch, error) {
	wrong := func() error {
		return clusto.Errorf(clusto.ErrInvalid, `attrs: %.100q is not a condition such as {"key": "system", "subkey": "serial", "value": "P1"}`, text)
	}
	decoded, err := decodeJSON(text)
	if err != nil {
		return nil, wrong()
	}
	conditions, ok := decoded.(list)
	if !ok {
		conditions = list{decoded}
	}
	matches := []clusto.AttrMatch{}
	for _, condition := range conditions {
		fields, ok := condition.(object)
		if !ok {
			return nil, wrong()
		}
		m, err := attrMatch(fields)
		if err != nil {
			return nil, err
		}
		matches = append(matches, m)
	}
	return matches, nil
}

func attrMatch(fields object) (clusto.AttrMatch, error) {
	var m clusto.AttrMatch
	for name, v := range fields {
		text, isText := v.(string)
		number, isNumber := v.(json.Number)
		switch {
		case name == "key" && isText && storable(text):
			m.Key = clusto.Is(text)
		case name == "subkey" && isText && storable(text):
			m.Subkey = clusto.Is(text)
		case name == "subkey" && v == nil:
			m.Subkey = clusto.IsAbsent[string]()
		case name == "number" && v == nil:
			m.Number = clusto.IsAbsent[int64]()
		case name == "number" && isNumber:
			n, err := pythonInt64(number.String())
			if err != nil {
				return m, err
			}
			m.Number = clusto.Is(n)
		case name == "value":
			value, err := plainValue(v)
			if err != nil {
				return m, err
			}
			m.Value = clusto.Is(value)
			if value.IsNone() {
				m.Value = clusto.IsAbsent[clusto.Value]()
			}
		default:
			return m, clusto.Errorf(clusto.ErrInvalid, "attrs: %q cannot be %s; there are key, subkey, number and value", name, encode(v, true))
		}
	}
	return m, nil
}

func createEntities(c *call) (answer, error) {
	driver, names := c.r.PathValue("driver"), c.params["name"]
	d, err := c.requested(driver)
	if err != nil {
		return answer{}, err
	}
	if len(names) == 0 {
		return answer{}, refuse(http.StatusPreconditionFailed, "Provide at least one name to create")
	}
	return c.update(func(inv *clusto.Inventory) (answer, error) {
		there, err := c.named(inv, names)
		if err != nil {
			return answer{}, err
		}
		x := reply(http.StatusCreated, nil)
		out := make(list, len(names))
		var existed []string
		made := map[string]bool{}
		for i, name := range names {
			switch o := there[name]; {
			case o == nil:
				if there[name], err = inv.Create(c.ctx, d, name, nil); err != nil {
					return answer{}, err
				}
				made[name] = true
			case !made[name]:
				if err := checkHas(o, driver); err != nil {
					return answer{}, err
				}
				existed = append(existed, compact(o.Entity))
			}
			out[i] = compact(there[name].Entity)
		}
		x.json = out
		if existed != nil {
			x.status = http.StatusAccepted
			x.header.Set("Warnings", headerText("Entity(s) "+strings.Join(existed, ",")+" already exist(s)"))
		}
		return x, nil
	})
}

// requested returns a driver that something is to be done with.
func (c *call) requested(driver string) (*clusto.Driver, error) {
	d, ok := c.a.o.Drivers.Driver(driver)
	if !ok {
		return nil, refuse(http.StatusPreconditionFailed, `Requested driver "`+driver+`" does not exist`)
	}
	return d, nil
}

func showEntity(c *call) (answer, error) {
	mode, err := c.mode(modeExpanded)
	if err != nil {
		return answer{}, err
	}
	return c.view(func(inv *clusto.Inventory) (answer, error) {
		o, err := c.find(inv, c.r.PathValue("name"), c.r.PathValue("driver"))
		if err != nil {
			return answer{}, err
		}
		return c.single(inv, http.StatusOK, o, mode)
	})
}

// deleteEntity deletes an entity that has the driver, or one that extends it.
// Apiserver said so too, but did not look.
func deleteEntity(c *call) (answer, error) {
	driver := c.r.PathValue("driver")
	if _, err := c.requested(driver); err != nil {
		return answer{}, err
	}
	return c.update(func(inv *clusto.Inventory) (answer, error) {
		o, err := inv.Object(c.ctx, c.r.PathValue("name"))
		if errors.Is(err, clusto.ErrNotFound) {
			return empty(http.StatusNotFound), nil
		}
		if err == nil {
			err = checkHas(o, driver)
		}
		if err == nil {
			err = o.Delete(c.ctx)
		}
		return empty(http.StatusNoContent), err
	})
}

// changeContents puts devices into an entity or takes them out.
func changeContents(c *call) (answer, error) {
	mode, err := c.mode(modeExpanded)
	if err != nil {
		return answer{}, err
	}
	return c.update(func(inv *clusto.Inventory) (answer, error) {
		o, err := c.find(inv, c.r.PathValue("name"), c.r.PathValue("driver"))
		if err != nil {
			return answer{}, err
		}
		action := c.param("action")
		if action == "" {
			return answer{}, refuse(http.StatusBadRequest, "Parameter 'action' is required.")
		}
		devices, err := c.devices(inv, o)
		if err != nil {
			return answer{}, err
		}
		if action != "insert" && action != "remove" {
			return answer{}, refuse(http.StatusBadRequest, action+" is not a valid action.")
		}
		if err := c.move(o, action, devices); err != nil {
			return answer{}, err
		}
		return c.single(inv, http.StatusOK, o, mode)
	})
}

// devices returns the entities that are to be put into o or taken out.
func (c *call) devices(inv *clusto.Inventory, o *clusto.Object) ([]*clusto.Object, error) {
	names := c.params["device"]
	found, err := c.named(inv, names)
	if err != nil {
		return nil, err
	}
	var devices []*clusto.Object
	var missing []string
	for _, name := range names {
		if found[name] == nil {
			missing = append(missing, name)
		}
		devices = append(devices, found[name])
	}
	if missing != nil {
		return nil, refuse(http.StatusNotFound, "Objects "+strings.Join(missing, ",")+` do not exist and cannot be used with "`+o.Name+`"`)
	}
	return devices, nil
}

// move calls o's method insert or remove for each device that is not yet where it
// is to be.
func (c *call) move(o *clusto.Object, action string, devices []*clusto.Object) error {
	ids := make([]clusto.EntityID, len(devices))
	for i, device := range devices {
		ids[i] = device.ID
	}
	placed, err := o.Attrs(c.ctx, clusto.AttrMatch{Key: clusto.Is(clusto.KeyContains), RelatedTo: ids})
	if err != nil {
		return err
	}
	inside := make(map[clusto.EntityID]bool, len(placed))
	for _, a := range placed {
		inside[a.Value.Relation()] = true
	}
	for _, device := range devices {
		if inside[device.ID] == (action == "insert") {
			continue
		}
		if _, err := o.Call(c.ctx, action, device); err != nil {
			return err
		}
		inside[device.ID] = !inside[device.ID]
	}
	return nil
}
