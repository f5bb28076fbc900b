package history

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/clusto/clusto"
)

// Shown is one version with all that it did.
type Shown struct {
	clusto.VersionInfo
	Diff *Diff
}

// Show returns the version v with what it did, or ErrNotFound if there is none.
func Show(ctx context.Context, h clusto.History, v clusto.Version) (*Shown, error) {
	infos, err := versionsOf(ctx, h, v)
	if err != nil {
		return nil, err
	}
	info, ok := infos[v]
	if !ok {
		return nil, noVersion(v)
	}
	n, err := netOf(ctx, h, clusto.EditMatch{Only: []clusto.Version{v}})
	if err != nil {
		return nil, err
	}
	d, err := n.diff(ctx, h, v-1, v)
	if err != nil {
		return nil, err
	}
	return &Shown{info, d}, nil
}

// versionsOf returns what is known about versions, by number.
func versionsOf(ctx context.Context, h clusto.History, versions ...clusto.Version) (map[clusto.Version]clusto.VersionInfo, error) {
	known := map[clusto.Version]clusto.VersionInfo{}
	if len(versions) == 0 {
		return known, nil
	}
	for info, err := range h.FindVersions(ctx, clusto.VersionMatch{Only: versions}) {
		if err != nil {
			return nil, err
		}
		known[info.Version] = info
	}
	return known, nil
}

func noVersion(v clusto.Version) error {
	return clusto.WithHint(clusto.Errorf(clusto.ErrNotFound, "there is no version %d", v), "clusto log shows those there are")
}

// WriteText writes the version for people, with its time in zone.
func (s *Shown) WriteText(w io.Writer, zone *time.Location) error {
	if _, err := fmt.Fprintln(w, headline(s.VersionInfo, zone)); err != nil {
		return err
	}
	if s.Description != "" {
		if _, err := fmt.Fprintf(w, "    %s\n", strings.ReplaceAll(s.Description, "\n", "\n    ")); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintln(w); err != nil {
		return err
	}
	return s.Diff.WriteText(w)
}

// MarshalJSON has the difference beside what is known about the version.
func (s Shown) MarshalJSON() ([]byte, error) { return joined(s.VersionInfo, s.Diff.data()) }

// UnmarshalJSON reads what MarshalJSON writes; entities then have no ID.
func (s *Shown) UnmarshalJSON(text []byte) error {
	read := Shown{Diff: &Diff{}}
	if err := parted(text, &read.VersionInfo, read.Diff); err != nil {
		return err
	}
	*s = read
	return nil
}
