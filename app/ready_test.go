package app

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/clusto/clusto"
)

// broken is a store whose database is out of reach.
type broken struct{ clusto.Store }

func (broken) View(context.Context, clusto.Version, func(clusto.Reader) error) error {
	return clusto.Errorf(clusto.ErrUnavailable, "dial tcp 10.1.2.3:5432: user=clusto: connection refused")
}

// TestDatabaseCheck has a reason that is not for everybody.
func TestDatabaseCheck(t *testing.T) {
	var log bytes.Buffer
	err := databaseCheck(broken{}, slog.New(slog.NewTextHandler(&log, nil))).Try(t.Context())
	if err == nil || strings.Contains(err.Error(), "10.1.2.3") || !strings.Contains(log.String(), "10.1.2.3") {
		t.Errorf("everybody is told %v; the log has %s", err, &log)
	}
}
