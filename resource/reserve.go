package resource

import (
	"context"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
)

// Reservations are attributes of the manager: the key, with a number, holds what
// is reserved, and the subkey the reason.
const (
	KeyReserved  = "reserved"
	SubkeyReason = "reason"
)

// Reservation is a part of what a manager has that it hands out only to whom
// asks for it and says so.
type Reservation struct {
	// Text is what is reserved, as it is stored: 10.0.0.5, 10.0.0.5-10.0.0.20,
	// 10.0.0.0/28, 100-199, or web0001-web0010.
	Text string
	// First and Last are the resources at its ends.
	First, Last clusto.Value
	// Reason is why, or "".
	Reason string

	number clusto.Number // of the attributes
	places span
}

// String returns the reservation for people: "10.0.0.5-10.0.0.20 (routers)".
func (r Reservation) String() string {
	if r.Reason == "" {
		return r.Text
	}
	return r.Text + " (" + r.Reason + ")"
}

// Reservations returns what is reserved of m, in the order in which it was.
func (m *Manager) Reservations(ctx context.Context) ([]Reservation, error) {
	r, err := m.rowRules(ctx)
	if err != nil {
		return nil, err
	}
	return m.reservations(ctx, r)
}

// Reserve reserves the resources from first to last, or first alone if last is
// nil, which may also be a network for addresses. Somebody may have some of them
// already, and keeps them. It returns ErrExists if they overlap what is reserved.
func (m *Manager) Reserve(ctx context.Context, first, last any, reason string) (Reservation, error) {
	r, err := m.rowRules(ctx)
	if err != nil {
		return Reservation{}, err
	}
	wanted, err := m.reservation(r, first, last)
	if err != nil {
		return Reservation{}, err
	}
	whole, err := r.extent()
	if err != nil {
		return Reservation{}, err
	}
	if !whole.contains(wanted.places.first) || !whole.contains(wanted.places.last) {
		return Reservation{}, clusto.Errorf(clusto.ErrInvalid, "%s: %s is not all of what the manager has", m.Name, wanted.Text)
	}
	wanted.Reason = reason
	there, err := m.reservations(ctx, r)
	if err != nil {
		return Reservation{}, err
	}
	number := int64(0)
	for _, x := range there {
		if x.places.overlaps(wanted.places) {
			return Reservation{}, clusto.WithHint(
				clusto.Errorf(clusto.ErrExists, "%s: %s cannot be reserved: %s is reserved already", m.Name, wanted.Text, x),
				"unreserve that first")
		}
		number = max(number, x.number.Or(0)+1)
	}
	wanted.number = clusto.Num(number)
	rows := []clusto.Attr{{Key: KeyReserved, Number: wanted.number, Value: clusto.String(wanted.Text)}}
	if reason != "" {
		rows = append(rows, clusto.Attr{
			Key: KeyReserved, Number: wanted.number, Subkey: clusto.Sub(SubkeyReason), Value: clusto.String(reason),
		})
	}
	return wanted, m.AddAttrs(ctx, rows...)
}

// Unreserve ends a reservation, which is named as Reserve names it. It returns
// ErrNotFound, naming what overlaps, if there is none of exactly this extent.
func (m *Manager) Unreserve(ctx context.Context, first, last any) error {
	r, err := m.rowRules(ctx)
	if err != nil {
		return err
	}
	wanted, err := m.reservation(r, first, last)
	if err != nil {
		return err
	}
	there, err := m.reservations(ctx, r)
	if err != nil {
		return err
	}
	var overlap []string
	for _, x := range there {
		if x.places == wanted.places {
			return m.unreserve(ctx, x)
		}
		if x.places.overlaps(wanted.places) {
			overlap = append(overlap, x.String())
		}
	}
	err = clusto.Errorf(clusto.ErrNotFound, "%s: %s is not reserved", m.Name, wanted.Text)
	if len(overlap) > 0 {
		err = clusto.WithHint(err, "a reservation ends as a whole; reserved are %s", strings.Join(overlap, ", "))
	}
	return err
}

// unreserve removes a reservation, and hints that its places may be free.
func (m *Manager) unreserve(ctx context.Context, x Reservation) error {
	tx, err := m.Inventory().Tx()
	if err != nil {
		return err
	}
	if _, err := m.DelAttrs(ctx, clusto.AttrMatch{Key: clusto.Is(KeyReserved), Number: clusto.Exactly(x.number)}); err != nil {
		return err
	}
	return tx.AddFreeRanges(ctx, clusto.FreeRange{Manager: m.ID, First: x.places.first, Last: x.places.last})
}

// rowRules returns the rules of m, or ErrUnsupported if its resources do not
// stand in a row.
func (m *Manager) rowRules(ctx context.Context) (row, error) {
	r, err := m.rules(ctx)
	if err != nil {
		return nil, err
	}
	x, ok := r.(row)
	if !ok {
		return nil, clusto.Errorf(clusto.ErrUnsupported, "%s: driver %s hands out only what it is told to, so there is nothing to count or to reserve", m.Name, m.Driver().Name)
	}
	return x, nil
}

// reservations reads the reservations from m's attributes.
func (m *Manager) reservations(ctx context.Context, r row) ([]Reservation, error) {
	attrs, err := m.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(KeyReserved), Number: clusto.IsPresent[int64]()})
	if err != nil {
		return nil, err
	}
	return m.reservationsIn(r, attrs)
}

// reservationsIn returns the reservations that attributes of m tell of.
func (m *Manager) reservationsIn(r row, attrs []clusto.Attr) ([]Reservation, error) {
	var all []Reservation
	reasons := map[clusto.Number]string{}
	for _, a := range attrs {
		switch subkey, ok := a.Subkey.Get(); {
		case subkey == SubkeyReason:
			reasons[a.Number] = a.Value.Text()
		case !ok:
			x, err := m.reservation(r, a.Value, nil)
			if err != nil {
				return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%s: attribute %s: %w", m.Name, a.Name(), err),
					"correct the attribute, or delete it")
			}
			x.number = a.Number
			all = append(all, x)
		}
	}
	for i := range all {
		all[i].Reason = reasons[all[i].number]
	}
	return all, nil
}

// reservation returns the reservation from first to last, or of what first alone
// says: a resource, a range, a network.
func (m *Manager) reservation(r row, first, last any) (Reservation, error) {
	places, err := extentOf(r, first)
	if err == nil && last != nil {
		var end span
		end, err = extentOf(r, last)
		places.last = end.last
	}
	if err == nil && places.last.Less(places.first) {
		err = clusto.Errorf(clusto.ErrInvalid, "the range from %v to %v ends before it begins", first, last)
	}
	if err != nil {
		return Reservation{}, err
	}
	x := Reservation{places: places}
	if x.First, err = r.value(places.first); err != nil {
		return x, err
	}
	if x.Last, err = r.value(places.last); err != nil {
		return x, err
	}
	x.Text = r.text(x.First)
	if places.first != places.last {
		x.Text += "-" + r.text(x.Last)
	}
	return x, nil
}

// extentOf returns the places of what somebody named: a resource, a range such as
// 10.0.0.5-10.0.0.20, or a network. A name may have a dash in it, so that every
// dash is tried.
func extentOf(r row, named any) (span, error) {
	if v, ok := named.(clusto.Value); ok && v.Kind() == clusto.KindString {
		named = v.Str()
	}
	text, isText := named.(string)
	if !isText {
		place, err := placeOf(r, named)
		return span{place, place}, err
	}
	text = strings.TrimSpace(text)
	if prefix, err := netip.ParsePrefix(text); err == nil {
		first, err := placeOf(r, prefix.Masked().Addr())
		return span{first, Network{Prefix: prefix.Masked()}.Last()}, err
	}
	place, err := placeOf(r, text)
	if err == nil {
		return span{place, place}, nil
	}
	for i, c := range text {
		if c != '-' {
			continue
		}
		first, errFirst := placeOf(r, strings.TrimSpace(text[:i]))
		last, errLast := placeOf(r, strings.TrimSpace(text[i+1:]))
		if errFirst == nil && errLast == nil {
			return span{first, last}, nil
		}
	}
	return span{}, err
}

// placeOf returns the place of a resource that somebody named; numbers may come as
// text, since ranges do.
func placeOf(r row, named any) (netip.Addr, error) {
	if text, ok := named.(string); ok {
		if _, numbers := r.(*numRules); numbers {
			if n, err := strconv.ParseInt(text, 10, 64); err == nil {
				named = n
			}
		}
	}
	value, err := r.form(named)
	if err != nil {
		return netip.Addr{}, err
	}
	place, ok := r.place(value)
	if !ok {
		return place, clusto.Errorf(clusto.ErrInvalid, "%s is not one of those that the manager counts", r.text(value))
	}
	return place, nil
}

// ReservationOf returns the reservation that a resource belongs to, and whether
// there is one.
func (m *Manager) ReservationOf(ctx context.Context, resource any) (Reservation, bool, error) {
	r, err := m.rowRules(ctx)
	if err != nil {
		return Reservation{}, false, err
	}
	value, err := r.form(resource)
	if err != nil {
		return Reservation{}, false, err
	}
	return m.reservationOf(ctx, r, value)
}

// reservationOf returns the reservation that a resource belongs to.
func (m *Manager) reservationOf(ctx context.Context, r row, resource clusto.Value) (Reservation, bool, error) {
	all, err := m.reservations(ctx, r)
	if err != nil {
		return Reservation{}, false, err
	}
	place, ok := r.place(resource)
	i := slices.IndexFunc(all, func(x Reservation) bool { return ok && x.places.contains(place) })
	if i < 0 {
		return Reservation{}, false, nil
	}
	return all[i], true, nil
}

// refuseReserved returns ErrInUse if a resource is reserved.
func (m *Manager) refuseReserved(ctx context.Context, r row, resource clusto.Value) error {
	x, reserved, err := m.reservationOf(ctx, r, resource)
	if err != nil || !reserved {
		return err
	}
	return clusto.WithHint(clusto.Errorf(clusto.ErrInUse, "%s is reserved by %s: %s", r.text(resource), m.Name, x),
		"to take it all the same, ask the manager: allocate(thing, '%s', reserved=True)", r.text(resource))
}
