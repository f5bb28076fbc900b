package dhcp

import (
	"context"
	"strings"

	"github.com/clusto/clusto"
)

// expand puts a template together. Trouble is why that cannot be.
func (d *decision) expand(ctx context.Context, pieces []piece) (text string, trouble, err error) {
	var b strings.Builder
	for i := range pieces {
		p := &pieces[i]
		switch p.word {
		case "":
			b.WriteString(p.text)
			continue
		case wordAttr:
			text, err = d.attrText(ctx, p.attr)
		default:
			text = d.word(p.word)
		}
		if err != nil {
			return "", nil, err
		}
		if text == "" {
			what := p.word
			if what == wordAttr {
				what = "attr(" + p.attr.String() + ")"
			}
			return "", clusto.Errorf(clusto.ErrInvalid, "%%%s is nothing here", what), nil
		}
		b.WriteString(text)
	}
	return b.String(), nil, nil
}

// word returns what one of words stands for, "" if for nothing.
func (d *decision) word(word string) string {
	a := d.a
	switch {
	case word == "name":
		return a.Host.Name
	case word == "hostname":
		return d.hostname()
	case word == "ip" && len(a.Addrs) > 0:
		return a.Addrs[0].String()
	case word == "mac" && a.MAC != (clusto.MAC{}):
		return a.MAC.String()
	case word == "network" && d.net != nil:
		return a.Network.Prefix.String()
	case word == "gateway" && a.Network.Gateway.IsValid():
		return a.Network.Gateway.String()
	case word == "domain":
		return d.domain()
	}
	return ""
}

// domain returns the domain of the host's name, as it is written.
func (d *decision) domain() string {
	of := slot(codeDomain)
	if d.c.Family == V6 {
		of = slotDomain6
	}
	family := d.familyIndex()
	s := d.first(of, d.host.settings[family], d.around.prepare(family, d.net).settings)
	if s == nil || s.err != nil || s.none() || s.pieces != nil {
		return ""
	}
	return s.texts[0]
}

// attrText returns the texts of the host's attribute, or of the nearest
// container that has it, with commas between them.
func (d *decision) attrText(ctx context.Context, name attrName) (string, error) {
	parents, err := d.r.Parents(ctx, d.entityID(), true)
	if err != nil {
		return "", err
	}
	ids := []clusto.EntityID{d.a.Host.ID}
	for _, p := range parents {
		ids = append(ids, p.ID)
	}
	attrs, err := clusto.Collect(d.r.Attrs(ctx, name.match(ids)))
	if err != nil {
		return "", err
	}
	var texts []string
	for _, id := range ids {
		for _, a := range attrs {
			if a.Entity == id && a.Value.Relation() == 0 {
				texts = append(texts, a.Value.Text())
			}
		}
		if texts != nil {
			break
		}
	}
	return strings.Join(texts, ","), nil
}
