package clusto

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// ViewKeeper is a Store that also keeps views: questions that somebody asks often,
// and how the answers are shown. Views have no history, and keeping them makes no
// version.
type ViewKeeper interface {
	// Views returns the views that m selects, by name and then by owner.
	Views(ctx context.Context, m ViewMatch) ([]View, error)
	// KeepView makes a view, or replaces the one of the same owner and name. It
	// returns ErrInvalid if v cannot be kept, and ErrExhausted if the owner has
	// MaxViews.
	KeepView(ctx context.Context, v View) error
	// ForgetView removes the view of an owner, or returns ErrNotFound.
	ForgetView(ctx context.Context, owner, name string) error
}

// View is a question and how its answer is shown.
type View struct {
	Owner      string // the user whose view it is; "" is all together
	Name       string // unique among the owner's views
	Query      string // in the query language
	Columns    []ViewColumn
	Sort       string // the column to sort by, after a minus the other way round; "" is by name
	MergeAttrs bool   // "attr" looks at the attributes of the containers too
	Changed    time.Time
	ChangedBy  string // the user who saved it; "" if unknown
}

// ViewColumn is a column of a view.
type ViewColumn struct {
	Column string `json:"column"`          // as the query language names it
	Width  int    `json:"width,omitempty"` // in pixels; 0 is as wide as it likes
}

// ViewMatch selects views: those of one of the owners, and of one of the names. Nil
// means any.
type ViewMatch struct {
	Owners, Names []string
}

// Limits of views.
const (
	MaxViewNameLen = 128     // characters
	MaxViewLen     = 1 << 20 // bytes, of all that it says
	MaxViews       = 1000    // of one owner
)

// Validate returns ErrInvalid if v must not be kept.
func (v *View) Validate() error {
	size := len(v.Query) + len(v.Sort)
	for _, c := range v.Columns {
		size += len(c.Column)
		if c.Width < 0 {
			return Errorf(ErrInvalid, "the column %.40q cannot be %d wide", c.Column, c.Width)
		}
	}
	switch n := utf8.RuneCountInString(v.Name); {
	case strings.TrimSpace(v.Name) == "" || strings.ContainsFunc(v.Name, unicode.IsControl):
		return Errorf(ErrInvalid, "%.40q is no name for a view: want letters or signs", v.Name)
	case n > MaxViewNameLen:
		return Errorf(ErrInvalid, "the name of the view %.20q… has %d characters, the limit is %d", v.Name, n, MaxViewNameLen)
	case len(v.Owner) > MaxUserLen:
		return Errorf(ErrInvalid, "the user %.20q… has %d characters, the limit is %d", v.Owner, len(v.Owner), MaxUserLen)
	case size > MaxViewLen:
		return Errorf(ErrInvalid, "the view %q has %d bytes, the limit is %d", v.Name, size, MaxViewLen)
	}
	return nil
}
