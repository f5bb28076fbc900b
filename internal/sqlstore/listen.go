package sqlstore

import (
	"context"
	"time"
)

// Listening is a Dialect of a server that tells who listens of every commit of
// ours. Others are found by looking, as everywhere.
type Listening interface {
	// Listen calls heard once it listens and after each commit, until ctx ends or
	// the connection is lost. It returns an error in any case.
	Listen(ctx context.Context, heard func()) error
}

// listener is the goroutine that listens while there are followers.
type listener struct {
	end  context.CancelFunc
	gone chan struct{} // closed when it has ended
}

// listenAgain is how long a listener waits before it connects again.
const listenAgain = time.Second

// listen begins to listen, where the database tells. What goes wrong is not told:
// the feed looks by itself, and has the same trouble.
func (s *Store) listen() *listener {
	d, ok := s.dialect.(Listening)
	if !ok {
		return nil
	}
	ctx, end := context.WithCancel(context.Background())
	l := &listener{end: end, gone: make(chan struct{})}
	go func() {
		defer close(l.gone)
		for ctx.Err() == nil {
			_ = d.Listen(ctx, s.feed.hurry)
			timer := time.NewTimer(listenAgain)
			select {
			case <-timer.C:
			case <-ctx.Done():
			}
			timer.Stop()
		}
	}()
	return l
}

// close ends the listener, if there is one.
func (l *listener) close() {
	if l != nil {
		l.end()
		<-l.gone
	}
}
