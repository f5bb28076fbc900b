package sqlstore_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore"
)

func TestSlotServesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slot := sqlstore.NewSlot("db", time.Minute)
		release, err := slot.Wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		const waiters = 20
		order := make(chan int, waiters)
		for i := range waiters {
			go func() {
				release, err := slot.Wait(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				order <- i
				runtime.Gosched()
				release()
			}()
			synctest.Wait() // it stands in the line
		}
		release()
		for want := range waiters {
			if got := <-order; got != want {
				t.Fatalf("turn %d went to waiter %d", want, got)
			}
		}
	})
}

func TestSlotGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slot := sqlstore.NewSlot("db", 30*time.Second)
		release, err := slot.Wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if _, err := slot.Wait(t.Context()); !errors.Is(err, clusto.ErrUnavailable) {
			t.Errorf("a slot that is taken: error = %v, want ErrUnavailable", err)
		}
		if waited := time.Since(start); waited != 30*time.Second {
			t.Errorf("waited %v, want 30s", waited)
		}
		stopped := errors.New("stopped")
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(stopped)
		if _, err := slot.Wait(ctx); !errors.Is(err, stopped) {
			t.Errorf("a wait that is cancelled: error = %v, want its cause", err)
		}
		release()
		if _, err := slot.Wait(ctx); !errors.Is(err, stopped) {
			t.Errorf("a wait for a free slot that is cancelled: error = %v, want its cause", err)
		}
		if _, err := slot.Wait(t.Context()); err != nil {
			t.Errorf("a slot that is free: %v", err)
		}
	})
}
