package snapshot

// Fresh returns the newest version that is in memory, or nil if that may lack what
// this process has committed. It never waits.
func (s *Store) Fresh() *Snapshot {
	if c := s.current.Load(); c != nil && !s.behind(c) {
		return c.Snapshot
	}
	return nil
}
