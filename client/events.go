package client

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"time"

	"github.com/clusto/clusto"
)

// sseEvent is a server-sent event (HTML standard, section 9.2).
type sseEvent struct {
	id, kind string
	data     []byte
}

// eventReader reads server-sent events.
type eventReader struct {
	lines *bufio.Reader
	limit int64 // of bytes that an event may have
	first bool
	after bool          // the last line ended with \r: an \n now belongs to that
	wait  time.Duration // what the server last said about reconnecting; 0: nothing
}

func newEventReader(r io.Reader, limit int64) *eventReader {
	return &eventReader{lines: bufio.NewReader(r), limit: limit, first: true}
}

// next returns the next event that has data. At the end of the stream, which may
// be in the middle of an event, it returns io.EOF.
func (r *eventReader) next() (sseEvent, error) {
	var e sseEvent
	var data bytes.Buffer
	for size := int64(0); ; {
		line, err := r.line(r.limit - size)
		if err != nil {
			return sseEvent{}, err
		}
		size += int64(len(line))
		if len(line) == 0 {
			if data.Len() > 0 {
				e.data = bytes.TrimSuffix(data.Bytes(), []byte("\n"))
				return e, nil
			}
			e, size = sseEvent{}, 0
			continue
		}
		field, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(field) {
		case "id":
			e.id = string(value)
		case "event":
			e.kind = string(value)
		case "data":
			data.Write(value)
			data.WriteByte('\n')
		case "retry":
			if ms, err := strconv.ParseUint(string(value), 10, 31); err == nil {
				r.wait = time.Duration(ms) * time.Millisecond
			}
		}
	}
}

// line returns the next line without its end, which is \n, \r\n or \r. It returns
// ErrExhausted if that has more bytes than limit.
func (r *eventReader) line(limit int64) ([]byte, error) {
	if r.first {
		r.first = false
		if mark, err := r.lines.Peek(3); err == nil && string(mark) == "\ufeff" {
			_, _ = r.lines.Discard(len(mark)) // it was peeked at
		}
	}
	var line []byte
	for {
		b, err := r.lines.ReadByte()
		if err != nil {
			return nil, err
		}
		after := r.after
		r.after = b == '\r'
		switch {
		case b == '\n' && after:
			continue
		case b == '\n', b == '\r':
			return line, nil
		case int64(len(line)) >= limit:
			return nil, clusto.Errorf(clusto.ErrExhausted, "an event of the server has more than %d bytes", r.limit)
		}
		line = append(line, b)
	}
}
