package sandbox

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/clusto/clusto"
)

// chunk is how many bytes of text make a frame.
const chunk = 32 << 10

// flushInterval is how long what a script prints may lie about before it is sent.
const flushInterval = 25 * time.Millisecond

// output sends what an interpreter has to say, in few frames and in its order.
type output struct {
	mu    sync.Mutex // guards all of it
	to    io.Writer
	err   error // of a write; there are no more after it
	id    uint64
	kind  op // of text
	text  []byte
	limit int64
	left  int64 // of limit
	over  bool  // limit is passed
	timer *time.Timer
}

func newOutput(to io.Writer) *output { return &output{to: to, kind: opOut} }

// begin has what comes belong to a request, up to a limit.
func (o *output) begin(id uint64, limit int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.id, o.limit, o.left, o.over = id, limit, limit, false
}

// end sends what is left and reports whether there was more than the limit.
func (o *output) end() (over bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flush(true)
	return o.over
}

// send sends an answer that is none of an interpreter's texts. In place of one that is
// too long goes the error that it is.
func (o *output) send(a answer) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return o.err
	}
	if o.err = writeFrame(o.to, a); errors.Is(o.err, clusto.ErrInvalid) {
		o.err = writeFrame(o.to, answer{ID: a.ID, Op: a.Op, Fault: faultOf(o.err)})
	}
	return o.err
}

// writer returns a writer for one kind of text.
func (o *output) writer(kind op) io.Writer { return textWriter{o, kind} }

type textWriter struct {
	o    *output
	kind op
}

// Write takes text up to the limit, and does not complain about the rest: a script
// that prints too much may still have something to do.
func (w textWriter) Write(p []byte) (int, error) {
	o := w.o
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.kind != w.kind {
		o.flush(true)
		o.kind = w.kind
	}
	switch n := int64(len(p)); {
	case o.over:
	case n > o.left:
		o.text = append(o.text, p[:o.left]...)
		o.left, o.over = 0, true
		o.flush(true)
		o.kind, o.text = opNotice, append(o.text, cutNote(o.limit)...)
	default:
		o.text = append(o.text, p...)
		o.left -= n
	}
	if len(o.text) >= chunk {
		o.flush(false)
	}
	if len(o.text) > 0 && o.timer == nil {
		o.timer = time.AfterFunc(flushInterval, o.flushLater)
	}
	return len(p), o.err
}

func (o *output) flushLater() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.timer = nil
	o.flush(false)
}

// flush sends the text that is there. Unless it is all that comes, the beginning of a
// character stays until the rest of it is there.
func (o *output) flush(all bool) {
	if o.timer != nil {
		o.timer.Stop()
		o.timer = nil
	}
	for len(o.text) > 0 && o.err == nil {
		n := min(len(o.text), chunk)
		if n < len(o.text) || !all {
			n -= partial(o.text[:n])
		}
		if n == 0 {
			return
		}
		text := strings.ToValidUTF8(string(o.text[:n]), string(utf8.RuneError))
		o.err = writeFrame(o.to, answer{ID: o.id, Op: o.kind, Text: text})
		o.text = o.text[n:]
	}
	o.text = o.text[:0]
}

// partial returns how many bytes at the end of text are the beginning of a character.
func partial(text []byte) int {
	for n := 1; n < min(len(text)+1, utf8.UTFMax); n++ {
		last := text[len(text)-n:]
		if utf8.RuneStart(last[0]) {
			if utf8.FullRune(last) {
				return 0
			}
			return n
		}
	}
	return 0
}

// cutNote stands where the output of an entry was too long.
func cutNote(limit int64) string {
	return fmt.Sprintf("\n(more than %d bytes were printed; the rest is left out)\n", limit)
}
