package snapshot

import "unsafe"

// Stats tells how much a snapshot holds.
type Stats struct {
	Entities, Attributes int
	Bytes                int64 // of memory, about; shared with other snapshots or not
}

// Stats returns how much s holds. It takes milliseconds for a million entities.
func (s *Snapshot) Stats() Stats {
	stats := Stats{Entities: s.entities, Attributes: s.attrs}
	for i := range s.indexes {
		stats.Bytes += s.indexes[i].bytes()
	}
	for no, p := s.pages.from(0); p != nil; no, p = s.pages.from(no + 1) {
		stats.Bytes += p.bytes()
	}
	for _, m := range s.pages.root {
		if m == nil {
			continue
		}
		stats.Bytes += int64(unsafe.Sizeof(*m))
		for _, l := range m {
			if l != nil {
				stats.Bytes += int64(unsafe.Sizeof(*l))
			}
		}
	}
	return stats
}

// bytes returns about how much memory the page takes.
func (p *page) bytes() int64 {
	n := int64(unsafe.Sizeof(*p)) + int64(len(p.blob))
	if p.large == nil {
		return n
	}
	n += int64(unsafe.Sizeof(*p.large))
	for _, l := range p.large {
		if l != nil {
			n += int64(unsafe.Sizeof(*l)) + int64(l.bytes()) + l.related.bytes()
			for i := range l.groups {
				n += int64(unsafe.Sizeof(l.groups[i])) + int64(unsafe.Sizeof(""))*int64(cap(l.groups[i].chunks))
			}
		}
	}
	return n
}
