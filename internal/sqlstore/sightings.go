package sqlstore

import (
	"cmp"
	"context"
	"database/sql/driver"
	"net/netip"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

var _ clusto.SightingKeeper = (*Store)(nil)

const sightingColumns = `client, family, entity_id, seen_at, message, outcome, addr, lease_until, client_id, vendor, hostname, relay, circuit, remote, via`

// maxClientLen is how many bytes the name of a client may have: "id:" and the
// digits of the longest client identifier, 255 octets.
const maxClientLen = 520

// sightingsPerAsk is of how many clients one statement asks.
const sightingsPerAsk = 128

// KeepSightings implements clusto.SightingKeeper. It returns ErrUnsupported if the
// database was not migrated, and ErrInvalid if something cannot be kept.
func (s *Store) KeepSightings(ctx context.Context, seen ...clusto.Sighting) error {
	for i := range seen {
		if err := validSighting(&seen[i]); err != nil {
			return err
		}
	}
	seen = latestOfEach(seen)
	if len(seen) == 0 {
		return nil
	}
	_, err := s.Update(ctx, clusto.Change{}, func(x clusto.Tx) error { return x.(*tx).keepSightings(ctx, seen) })
	return err
}

// validSighting returns ErrInvalid if not every database can hold s.
func validSighting(s *clusto.Sighting) error {
	switch {
	case s.Client == "" || len(s.Client) > maxClientLen:
		return clusto.Errorf(clusto.ErrInvalid, "the name of a client that was seen has %d bytes: want 1 to %d", len(s.Client), maxClientLen)
	case s.Family != 4 && s.Family != 6:
		return clusto.Errorf(clusto.ErrInvalid, "%s was seen by family %d: want 4 or 6", s.Client, s.Family)
	}
	return mustBeTexts("what was seen of "+s.Client, s.Client, s.Message, s.Outcome, s.ID, s.Vendor, s.Hostname, s.Circuit, s.Remote, s.Via)
}

// latestOfEach returns the latest sighting of each client and family, by these.
func latestOfEach(seen []clusto.Sighting) []clusto.Sighting {
	seen = slices.Clone(seen)
	slices.SortStableFunc(seen, func(a, b clusto.Sighting) int {
		return cmp.Or(cmp.Compare(a.Family, b.Family), strings.Compare(a.Client, b.Client), b.At.Compare(a.At))
	})
	return slices.CompactFunc(seen, func(a, b clusto.Sighting) bool { return a.Family == b.Family && a.Client == b.Client })
}

// keepSightings keeps what is later than what is kept, in a few statements for
// every hundred clients.
func (t *tx) keepSightings(ctx context.Context, seen []clusto.Sighting) error {
	if err := t.enter(ctx); err != nil {
		return err
	}
	if has, err := t.has(sightingTable); err != nil {
		return err
	} else if !has {
		return clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "database %s lacks the table %s, so that it keeps nothing about who asked for an address", t.s.dialect.Where(), sightingTable),
			"run clusto initdb on it")
	}
	if err := t.beginWrite(ctx); err != nil {
		return err
	}
	seen, err := t.withoutDead(slices.Clone(seen))
	if err != nil {
		return err
	}
	rows := newBulk(t.c, sightingRows)
	all := seen
	for len(seen) > 0 {
		n := min(sightingsPerAsk, len(seen))
		if i := slices.IndexFunc(seen[:n], func(s clusto.Sighting) bool { return s.Family != seen[0].Family }); i > 0 {
			n = i
		}
		if err := t.replaceSightings(rows, seen[:n]); err != nil {
			return err
		}
		seen = seen[n:]
	}
	if err := rows.flush(); err != nil {
		return t.fail(err)
	}
	return t.pruneSightings(all)
}

// sightingRows is how the rows of a sighting are inserted.
var sightingRows = copiedTables[slices.IndexFunc(copiedTables, func(t copiedTable) bool { return t.name == sightingTable })]

// withoutDead makes strangers of those clients whose entity is gone.
func (t *tx) withoutDead(seen []clusto.Sighting) ([]clusto.Sighting, error) {
	var ids []clusto.EntityID
	for _, s := range seen {
		if s.Entity != 0 {
			ids = append(ids, s.Entity)
		}
	}
	if len(ids) == 0 {
		return seen, nil
	}
	slices.Sort(ids)
	c := t.where()
	andIDs(c, `entity_id`, slices.Compact(ids))
	c.and(live)
	alive := map[clusto.EntityID]bool{}
	err := t.query(context.Background(), `SELECT entity_id FROM entities WHERE `+string(c.sql), c.args, func(r row) (bool, error) {
		alive[clusto.EntityID(r.int(0))] = true
		return true, nil
	})
	for i := range seen {
		if !alive[seen[i].Entity] {
			seen[i].Entity = 0
		}
	}
	return seen, err
}

// replaceSightings replaces the rows of clients, all of one family, of which
// nothing later is kept. Rows are replaced in two statements because every
// database says "insert or update" its own way.
func (t *tx) replaceSightings(rows *bulk, seen []clusto.Sighting) error {
	family := seen[0].Family
	kept := map[string]int64{}
	of := t.clients(family, seen)
	err := t.query(context.Background(), `SELECT client, seen_at FROM clusto_sighting WHERE `+string(of.sql), of.args, func(r row) (bool, error) {
		kept[r.text(0)] = r.int(1)
		return true, nil
	})
	if err != nil {
		return err
	}
	var later, replaced []clusto.Sighting
	for _, s := range seen {
		at, is := kept[s.Client]
		if is && at > seconds(s.At) {
			continue
		}
		later = append(later, s)
		if is {
			replaced = append(replaced, s)
		}
	}
	if len(replaced) > 0 {
		of := t.clients(family, replaced)
		if _, err := t.c.exec(`DELETE FROM clusto_sighting WHERE `+string(of.sql), of.args...); err != nil {
			return t.fail(err)
		}
	}
	for _, s := range later {
		t.effect.aside = true
		if err := rows.add(sightingRow(s)); err != nil {
			return t.fail(err)
		}
	}
	return nil
}

// clients returns the condition for the rows of clients. So that there are few
// statements to keep prepared, there are as many arguments as a power of two.
func (t *tx) clients(family int, seen []clusto.Sighting) *condition {
	size := 1
	for size < len(seen) {
		size *= 2
	}
	c := t.where()
	c.and(`family = ?`, int64(family))
	c.and(`client IN (` + strings.Repeat(`?, `, size-1) + `?)`)
	for i := range size {
		c.args = append(c.args, seen[min(i, len(seen)-1)].Client)
	}
	return c
}

func sightingRow(s clusto.Sighting) []driver.Value {
	return []driver.Value{
		s.Client, int64(s.Family), int64(s.Entity), seconds(s.At), s.Message, s.Outcome, addrText(s.Addr), seconds(s.Until),
		s.ID, s.Vendor, s.Hostname, addrText(s.Relay), s.Circuit, s.Remote, s.Via,
	}
}

func addrText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// pruneSightings removes all but the latest clients of those entities that have too
// many, and of those that are nothing in the inventory. The entities are those that
// were just seen.
func (t *tx) pruneSightings(seen []clusto.Sighting) error {
	ids := make([]clusto.EntityID, len(seen))
	for i, s := range seen {
		ids[i] = s.Entity
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) > 0 && ids[0] == 0 {
		if err := t.pruneSightingsOf(0, clusto.MaxStrangers); err != nil {
			return err
		}
		ids = ids[1:]
	}
	if len(ids) == 0 {
		return nil
	}
	c := t.where()
	andIDs(c, `entity_id`, ids)
	var many []clusto.EntityID
	count := `SELECT entity_id FROM clusto_sighting WHERE ` + string(c.sql) + ` GROUP BY entity_id HAVING COUNT(*) > ?`
	err := t.query(context.Background(), count, append(c.args, int64(clusto.MaxOfEntity)), func(r row) (bool, error) {
		many = append(many, clusto.EntityID(r.int(0)))
		return true, nil
	})
	for i := 0; i < len(many) && err == nil; i++ {
		err = t.pruneSightingsOf(many[i], clusto.MaxOfEntity)
	}
	return err
}

// pruneSightingsOf removes all but the latest clients of an entity.
func (t *tx) pruneSightingsOf(id clusto.EntityID, most int) error {
	const first = `SELECT seen_at, client, family FROM clusto_sighting WHERE entity_id = ? ORDER BY seen_at DESC, client DESC, family DESC LIMIT 1 OFFSET ?`
	var at, family int64
	var client string
	found := false
	err := t.query(context.Background(), first, []driver.Value{int64(id), int64(most)}, func(r row) (bool, error) {
		at, client, family, found = r.int(0), r.text(1), r.int(2), true
		return false, nil
	})
	if err != nil || !found {
		return err
	}
	const old = `DELETE FROM clusto_sighting WHERE entity_id = ? AND (seen_at < ? OR seen_at = ? AND (client < ? OR client = ? AND family <= ?))`
	_, err = t.c.exec(old, int64(id), at, at, client, client, family)
	return t.fail(err)
}

// estrange makes strangers of the clients that were an entity which is deleted.
func (t *tx) estrange(ctx context.Context, id clusto.EntityID) error {
	return t.hintExec(ctx, sightingTable, `UPDATE clusto_sighting SET entity_id = 0 WHERE entity_id = ?`, int64(id))
}

// Sightings implements clusto.SightingKeeper, in one statement. A database that
// was not migrated has none.
func (s *Store) Sightings(ctx context.Context, m clusto.SightingMatch) (all []clusto.Sighting, err error) {
	err = s.View(ctx, clusto.Live, func(x clusto.Reader) error {
		r := x.(*reader)
		if has, err := r.has(sightingTable); err != nil || !has {
			return err
		}
		c := r.sightings(&m)
		sql := `SELECT ` + sightingColumns + ` FROM clusto_sighting WHERE ` + string(c.sql) + ` ORDER BY seen_at DESC, client, family`
		if m.Limit > 0 {
			sql += ` LIMIT ?`
			c.args = append(c.args, int64(m.Limit))
		}
		return r.query(ctx, sql, c.args, func(row row) (bool, error) {
			all = append(all, row.sighting())
			return true, nil
		})
	})
	return all, err
}

// sightings returns the condition for the rows that m selects.
func (r *reader) sightings(m *clusto.SightingMatch) *condition {
	c := r.where()
	c.and(`seen_at >= ?`, seconds(m.Since))
	if m.Entities != nil {
		andIDs(c, `entity_id`, m.Entities)
	}
	if m.Clients != nil {
		c.andTexts(`client`, m.Clients)
	}
	if m.Family != 0 {
		c.and(`family = ?`, int64(m.Family))
	}
	if m.Known {
		c.and(`entity_id <> 0`)
	}
	if m.Strangers {
		c.and(`entity_id = 0`)
	}
	return c
}

func (r row) sighting() clusto.Sighting {
	addr := func(i int) netip.Addr {
		a, _ := netip.ParseAddr(r.text(i)) // what is no address is none
		return a
	}
	return clusto.Sighting{
		Client: r.text(0), Family: int(r.int(1)), Entity: clusto.EntityID(r.int(2)), At: r.second(3), Message: r.text(4), Outcome: r.text(5),
		Addr: addr(6), Until: r.second(7), ID: r.text(8), Vendor: r.text(9), Hostname: r.text(10), Relay: addr(11), Circuit: r.text(12),
		Remote: r.text(13), Via: r.text(14),
	}
}
