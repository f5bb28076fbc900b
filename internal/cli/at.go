package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
)

// atFlag gives cmd, which reads through view, the flag --at.
func atFlag(cmd *cobra.Command) {
	cmd.Flags().String("at", "", "as it was at a `VERSION` or time: 123, 2026-11-20, \"2 days ago\"")
	complete(cmd, "at", cobra.FixedCompletions([]string{"live", "yesterday", "today"}, cobra.ShellCompDirectiveNoFileComp))
}

// atText returns what the flag --at of cmd says, for a server; "" is now.
func atText(cmd *cobra.Command) string {
	flag := cmd.Flags().Lookup("at")
	if flag == nil || !flag.Changed {
		return ""
	}
	return moment(flag.Value.String())
}

// atVersion returns the version that the flag --at of cmd names, or clusto.Live.
func atVersion(cmd *cobra.Command, store clusto.Store) (at clusto.Version, err error) {
	flag := cmd.Flags().Lookup("at")
	if flag == nil || !flag.Changed {
		return clusto.Live, nil
	}
	err = past(cmd.Context(), store, func(ctx context.Context, h clusto.History) error {
		at, err = history.Resolve(ctx, h, flag.Value.String(), time.Now())
		return err
	})
	return at, err
}

// historyOf returns r as a History, or ErrUnsupported if there is none: not one
// version.
func historyOf(ctx context.Context, r clusto.Reader) (clusto.History, error) {
	h, err := clusto.Past(r)
	if err != nil {
		return nil, err
	}
	newest, err := h.Version(ctx)
	if err == nil && newest == 0 {
		err = clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "the database keeps no history"),
			"it is as classic clusto leaves one with versioning = 0; see versioning in the configuration")
	}
	return h, err
}

// past calls fn with the history up to now.
func past(ctx context.Context, store clusto.Store, fn func(context.Context, clusto.History) error) error {
	return store.View(ctx, clusto.Live, func(r clusto.Reader) error {
		h, err := historyOf(ctx, r)
		if err != nil {
			return err
		}
		return fn(ctx, h)
	})
}

// viewPast calls fn with the history up to now, or to what --at of cmd names.
func (r *run) viewPast(cmd *cobra.Command, fn func(context.Context, clusto.History) error) error {
	return r.view(cmd, func(ctx context.Context, inv *clusto.Inventory) error {
		h, err := historyOf(ctx, inv.Reader)
		if err != nil {
			return err
		}
		return fn(ctx, h)
	})
}

// pastExits are the statuses of commands that are given a version or a time.
var pastExits = []exit{
	{statusNotFound, "there is no such version, or there was none yet"},
	{statusInvalid, "a version or time is not written as one"},
	{statusUnsupported, "the database keeps no history"},
}
