package sighting

import (
	"context"
	"fmt"

	"github.com/clusto/clusto"
)

// flush writes what is queued. What cannot be written is queued again.
func (k *Keeper) flush(ctx context.Context) error {
	for i := range k.shards {
		s := &k.shards[i]
		for {
			batch, of := s.take(perWrite)
			if len(batch) == 0 {
				break
			}
			if err := k.write(ctx, batch); err != nil {
				s.putBack(of)
				return err
			}
			k.kept.Add(uint64(len(batch)))
		}
	}
	return nil
}

// write writes sightings. That it fails, and works again, is said once.
func (k *Keeper) write(ctx context.Context, batch []clusto.Sighting) error {
	ctx, end := context.WithTimeout(ctx, writeTime)
	defer end()
	err := k.options.Store.KeepSightings(ctx, batch...)
	switch {
	case err != nil:
		k.failed.Add(1)
		if !k.broken {
			k.options.Log.Warn("who asked for an address cannot be kept; it is held in memory and tried again", "err", err, "hint", clusto.Hint(err))
		}
		err = fmt.Errorf("keep who asked for an address: %w", err)
	case k.broken:
		k.options.Log.Info("who asked for an address is kept again")
	}
	k.broken = err != nil
	return err
}

// take takes the first of the queue, up to n of them. They count as written.
func (s *shard) take(n int) ([]clusto.Sighting, []*held) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tidy()
	n = min(n, len(s.queue))
	of := append([]*held(nil), s.queue[:n]...)
	batch := make([]clusto.Sighting, n)
	for i, h := range of {
		batch[i] = h.sighting()
		h.queued, h.changed, h.written = false, false, h.seen.at
	}
	if s.queue = s.queue[n:]; len(s.queue) == 0 {
		s.queue = nil
	}
	return batch, of
}

// putBack queues again what could not be written.
func (s *shard) putBack(of []*held) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range of {
		if !h.gone {
			h.changed, h.written = true, 0
			s.enqueue(h)
		}
	}
}
