package snapshot

// uvarint reads a number that binary.AppendUvarint wrote at s[at:], and returns
// where what follows begins.
func uvarint(s string, at int) (uint64, int) {
	if c := s[at]; c < 0x80 {
		return uint64(c), at + 1
	}
	return longUvarint(s, at)
}

func longUvarint(s string, at int) (uint64, int) {
	var n uint64
	for shift := 0; ; shift += 7 {
		c := s[at]
		at++
		n |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return n, at
		}
	}
}

// folded returns n as a number without sign that is small if n is near 0.
func folded(n int64) uint64 { return uint64(n)<<1 ^ uint64(n>>63) }

// unfolded undoes folded.
func unfolded(n uint64) int64 { return int64(n>>1) ^ -int64(n&1) }
