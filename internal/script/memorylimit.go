package script

import (
	"runtime/metrics"
	"time"

	"github.com/clusto/clusto"
)

// memoryInterval is how often the memory is looked at. A script that doubles a text
// again and again takes few steps, but seconds, to fill a machine.
const memoryInterval = 10 * time.Millisecond

// watchMemory stops the thread of x when the program uses too much memory, until
// done is called. It does not collect garbage first: meanwhile a text would double
// once more.
func (x *env) watchMemory(h *halt) (done func()) {
	stop, stopped := make(chan struct{}), make(chan struct{})
	limit, thread := x.engine.opt.MaxMemory, x.thread
	go func() {
		defer close(stopped)
		look := time.NewTicker(memoryInterval)
		defer look.Stop()
		for {
			select {
			case <-stop:
				return
			case <-look.C:
			}
			if heapSize() > limit {
				h.set(clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "the script needs more than %d MiB of memory", limit>>20),
					"does something grow in a loop?"))
				thread.Cancel("too much memory")
				return
			}
		}
	}()
	return func() {
		close(stop)
		<-stopped
	}
}

// heapSize returns the bytes of the program's memory that are in use or wait to be
// collected.
func heapSize() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
