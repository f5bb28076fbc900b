package httpapi

import (
	"context"
	"net/netip"
	"regexp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/nearest"
)

// notFound returns ErrNotFound for what stands for nothing in the inventory, with
// a hint that has the names that are near.
func notFound(ctx context.Context, inv *clusto.Inventory, word string) error {
	if what := numberKind(word); what != "" {
		return clusto.Errorf(clusto.ErrNotFound, "nothing has the %s %s", what, word)
	}
	var known []string
	for e, err := range inv.Find(ctx, clusto.Match{}) {
		if err != nil {
			return err
		}
		known = append(known, e.Name)
	}
	err := clusto.Errorf(clusto.ErrNotFound, "%q is not in the inventory", word)
	if question := nearest.Question(nearest.Names(word, known)...); question != "" {
		return clusto.WithHint(err, "%s", question)
	}
	return clusto.WithHint(err, "clusto list shows what is")
}

// serialForm is what serial numbers look like that are known as such at sight
// (classic: __init__.py, get).
var serialForm = regexp.MustCompile(`^P[0-9]{10}$`)

// numberKind returns what kind of number a word is: a serial number, an address or
// a MAC address; "" if it is none.
func numberKind(word string) string {
	if serialForm.MatchString(word) {
		return "serial number"
	}
	if _, err := netip.ParseAddr(word); err == nil {
		return "address"
	}
	if _, err := clusto.ParseMAC(word); err == nil {
		return "MAC address"
	}
	return ""
}
