package clusto

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// EntityID is the number of an entity's row. It stays when the entity is
// renamed or changes its driver. 0 is no entity.
type EntityID int64

// Entity is anything in the inventory.
type Entity struct {
	ID      EntityID
	Name    string  // unique among live entities
	Type    string  // such as "server"; the family of its driver
	Driver  string  // name of its driver, such as "basicserver"
	Version Version // that made it
}

// ValidateName returns ErrInvalid if name must not be given to an entity.
// Names that classic clusto accepted and this refuses are still read.
func ValidateName(name string) error {
	switch {
	case name == "":
		return Errorf(ErrInvalid, "the name is empty")
	case !utf8.ValidString(name):
		return Errorf(ErrInvalid, "name %q is not UTF-8", name)
	case utf8.RuneCountInString(name) > MaxNameLen:
		return Errorf(ErrInvalid, "name %.20q… has %d characters, the limit is %d", name, utf8.RuneCountInString(name), MaxNameLen)
	case strings.TrimSpace(name) != name:
		return Errorf(ErrInvalid, "name %q begins or ends with a blank", name)
	case strings.Contains(name, "/"):
		return Errorf(ErrInvalid, "name %q contains a /", name)
	case strings.ContainsFunc(name, unicode.IsControl):
		return Errorf(ErrInvalid, "name %q contains a control character", name)
	}
	return nil
}

// MetaEntity is the entity in which a database keeps what it knows about
// itself. Every database has it (classic: ClustoMeta).
const MetaEntity = "clustometa"

// Match selects entities: those that meet every condition that is set. The zero
// Match selects all.
type Match struct {
	// Names, Types and Drivers each limit to one of the given; nil means no limit.
	Names   []string
	Types   []string
	Drivers []string
	// Attrs, if not nil, limits to entities with an attribute that meets any
	// of these (classic: get_entities(attrs=[…]) joins its conditions by or).
	Attrs []AttrMatch
	// After limits to entities with higher IDs, and Limit, if it is not 0, to so
	// many: those with the lowest. A Reader may give fewer though there are more,
	// but not none: who wants to know goes on after the last one until there are
	// none.
	After EntityID
	Limit int
}

// Version numbers one committed change. Reading "at" a version shows what that
// change left. Versions grow, with gaps on some databases.
type Version int64

// Live asks for the rows valid now.
const Live Version = 0

// VersionInfo tells about one version.
type VersionInfo struct {
	Version     Version
	Time        time.Time // in UTC; zero if the database does not say
	User        string    // who made the change; "" if unknown
	Description string    // why
	Origin      string    // the address the change came from; "" if unknown
}

// Change says who changes the inventory and why; it becomes the version's user
// and description.
type Change struct {
	User        string // at most MaxUserLen characters are kept
	Description string
	// Origin is the address from which the change was asked for, such as that
	// of a client; at most MaxOriginLen characters are kept.
	Origin string
	// Joint allows the store to commit this change together with others of
	// this process that allow it too, each a version of its own. That makes
	// many small changes at once several times faster. The function then waits
	// for its turn to write before it begins, and the others wait while it
	// runs, so it must be short.
	Joint bool
}
