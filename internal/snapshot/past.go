package snapshot

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/clusto/clusto"
)

// kept are the recent versions that are answered from memory. They share what they
// have in common, so that one costs about what its changes are.
type kept struct {
	options Options

	mu    sync.Mutex // guards what follows
	all   []keptVersion
	edits int // of all
}

// keptVersion is a version that was shown.
type keptVersion struct {
	version  clusto.Version
	snapshot *Snapshot
	edits    int // that made it of the one before
	since    time.Time
}

// add keeps a version that is newer than all others, made of the one before by so
// many changes, and lets go of those that are too old.
func (k *kept) add(v clusto.Version, s *Snapshot, edits int) {
	now := time.Now()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.all = append(k.all, keptVersion{v, s, edits, now})
	k.edits += edits
	leave := 0
	for leave < len(k.all)-1 {
		first := &k.all[leave]
		if len(k.all)-leave <= k.options.Keep && k.edits <= k.options.KeepEdits && now.Sub(first.since) <= k.options.KeepFor {
			break
		}
		k.edits -= first.edits
		leave++
	}
	k.all = slices.Delete(k.all, 0, leave)
}

// at returns a version, or nil if it is not kept.
func (k *kept) at(v clusto.Version) *Snapshot {
	k.mu.Lock()
	defer k.mu.Unlock()
	i, found := slices.BinarySearchFunc(k.all, v, func(a keptVersion, v clusto.Version) int { return cmp.Compare(a.version, v) })
	if !found {
		return nil
	}
	return k.all[i].snapshot
}

// clear lets go of all versions: something about the past has changed.
func (k *kept) clear() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.all, k.edits = nil, 0
}

// age lets go of what is too old, when nothing new comes.
func (k *kept) age() {
	k.mu.Lock()
	defer k.mu.Unlock()
	leave := 0
	for leave < len(k.all)-1 && time.Since(k.all[leave].since) > k.options.KeepFor {
		k.edits -= k.all[leave].edits
		leave++
	}
	k.all = slices.Delete(k.all, 0, leave)
}
