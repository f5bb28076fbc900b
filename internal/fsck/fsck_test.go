package fsck_test

import (
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/fsck"
)

func check(t *testing.T, store clusto.Store, only ...string) fsck.Report {
	t.Helper()
	var report fsck.Report
	err := store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		var err error
		report, err = fsck.Check(t.Context(), r, fsck.Options{Drivers: all.Drivers(), Only: only})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestClassic(t *testing.T) {
	for _, f := range check(t, classictest.Open(t)).Findings {
		t.Logf("%+v", f)
	}
}
