package snapshot

// Keys returns how many keys each index has.
func (s *Snapshot) Keys() (n [indexCount]int) {
	for i := range s.indexes {
		n[i] = len(s.indexes[i].keys(nil))
	}
	return n
}
