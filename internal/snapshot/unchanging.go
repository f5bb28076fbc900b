package snapshot

// Unchanging returns the snapshot itself: it shows one state for ever, and nothing
// else does that is equal to it. Who derives something from a state can keep it as
// long as this is the same.
func (s *Snapshot) Unchanging() (state any, ok bool) { return s, true }
