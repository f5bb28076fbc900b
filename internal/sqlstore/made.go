package sqlstore

import (
	"time"

	"github.com/clusto/clusto"
)

// Made returns the version that the transaction has committed, or 0 if it has
// changed nothing that has versions; where no history is kept it is the newest
// version. It is known to what was given to OnCommit.
func (t *tx) Made() clusto.Version { return t.made }

// Confirmed returns when it was looked last for new versions with success, and
// what keeps it from succeeding since, or nil. Nobody looks unless somebody
// follows the changes.
func (s *Store) Confirmed() (time.Time, error) {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	return s.feed.confirmed, s.feed.trouble
}
