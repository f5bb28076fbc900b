package script

import (
	"github.com/clusto/clusto"
)

// held is a transaction, or view, that is open while statements come and go. The
// store wants a function that runs from beginning to end; here that function waits in
// a goroutine of its own while the session works with what it was given.
type held struct {
	given   chan clusto.Reader // what to work with; once more if the work must be done again
	verdict chan error         // what the function shall return
	end     chan ended
}

// ended is how a transaction came to its end.
type ended struct {
	version clusto.Version
	err     error
}

// hold opens a transaction with open, which is Update or View of a store.
func hold(open func(fn func(clusto.Reader) error) (clusto.Version, error)) *held {
	h := &held{given: make(chan clusto.Reader), verdict: make(chan error), end: make(chan ended, 1)}
	go func() {
		version, err := open(func(r clusto.Reader) error {
			h.given <- r
			return <-h.verdict
		})
		h.end <- ended{version, err}
	}()
	return h
}

// next waits until there is something to work with, or returns how it ended.
func (h *held) next() (clusto.Reader, ended) {
	select {
	case r := <-h.given:
		return r, ended{}
	case end := <-h.end:
		return nil, end
	}
}

// finish ends the work with err, or nil for success. If the work must be done
// again it returns what to do it with, else how it ended.
func (h *held) finish(err error) (again clusto.Reader, end ended) {
	h.verdict <- err
	return h.next()
}

// abandon ends the work without success, whatever the store says.
func (h *held) abandon(err error) ended {
	for {
		if again, end := h.finish(err); again == nil {
			return end
		}
	}
}
