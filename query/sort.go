package query

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clusto/clusto"
)

// Sort sorts entities by what a column shows of them: numbers before addresses,
// addresses before times, times before other texts, and what has nothing last, also
// with descending. Of several values the first counts; what is alike keeps its
// order. How many questions it asks of r depends on the column alone.
func (c *Column) Sort(ctx context.Context, r clusto.Reader, entities []clusto.Entity, descending bool, o Options) error {
	rows, err := Columns{*c}.Rows(ctx, r, entities, o)
	if err != nil {
		return err
	}
	keyed := make([]keyedEntity, len(entities))
	for i, e := range entities {
		keyed[i] = keyedEntity{e, sortKeyOf(rows[i][0])}
	}
	slices.SortStableFunc(keyed, func(a, b keyedEntity) int {
		order := a.key.compare(&b.key)
		if descending && a.key.rank != rankNothing && b.key.rank != rankNothing {
			return -order
		}
		return order
	})
	for i := range keyed {
		entities[i] = keyed[i].Entity
	}
	return nil
}

// Cheap reports whether the column is known of an entity without asking.
func (c *Column) Cheap() bool { return c.kind == columnEntity }

type keyedEntity struct {
	clusto.Entity
	key sortKey
}

// The ranks of what cells hold.
const (
	rankNumber = iota
	rankAddr
	rankTime
	rankText
	rankNothing
)

// sortKey is what a cell is sorted by.
type sortKey struct {
	rank   int
	number int64
	addr   netip.Addr
	time   time.Time
	text   string
}

func sortKeyOf(c Cell) sortKey {
	if len(c) == 0 || c[0] == nil {
		return sortKey{rank: rankNothing}
	}
	switch v := c[0].(type) {
	case int64:
		return sortKey{rank: rankNumber, number: v}
	case time.Time:
		return sortKey{rank: rankTime, time: v}
	}
	return textKey(textOfValue(c[0]))
}

// textKey returns the key of a text, which may be a number or an address.
func textKey(text string) sortKey {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return sortKey{rank: rankNumber, number: n, text: text}
	}
	if strings.ContainsAny(text, ".:") {
		if addr, err := netip.ParseAddr(text); err == nil {
			return sortKey{rank: rankAddr, addr: addr}
		}
	}
	return sortKey{rank: rankText, text: text}
}

func (k *sortKey) compare(other *sortKey) int {
	return cmp.Or(
		cmp.Compare(k.rank, other.rank), cmp.Compare(k.number, other.number), k.addr.Compare(other.addr),
		k.time.Compare(other.time), cmp.Compare(k.text, other.text),
	)
}

// compareTexts compares values as a column sorts them.
func compareTexts(a, b string) int {
	ka, kb := textKey(a), textKey(b)
	return ka.compare(&kb)
}
