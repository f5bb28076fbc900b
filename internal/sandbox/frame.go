package sandbox

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"

	"github.com/clusto/clusto"
)

// maxFrame is how long a frame may be. A script of a mebibyte, the most that the
// language takes, has six times as many bytes when each must be escaped; what a dry run
// would change may be more.
const maxFrame = 32 << 20

// op is what a request asks for, or what an answer brings.
type op string

const (
	opOpen       op = "open"       // the setting; the first request
	opRun        op = "run"        // a script
	opEval       op = "eval"       // an entry
	opIncomplete op = "incomplete" // is a text all of an entry?
	opComplete   op = "complete"   // what may stand at a place
	opHelp       op = "help"       // about an expression
	opInterrupt  op = "interrupt"  // the request with this ID; has no answer
	opClose      op = "close"      // the last request

	opOut    op = "out"    // something was printed
	opNotice op = "notice" // something is to be said besides
	opDone   op = "done"   // the last answer to a request
)

// request is a frame from the server to the child.
type request struct {
	ID      uint64   `json:"id"`
	Op      op       `json:"op"`
	Setting *Setting `json:"setting,omitempty"`
	Source  *Source  `json:"source,omitempty"`
	Text    string   `json:"text,omitempty"`
	Pos     int      `json:"pos,omitempty"`
}

// answer is a frame from the child to the server.
type answer struct {
	ID         uint64      `json:"id"`
	Op         op          `json:"op"`
	Text       string      `json:"text,omitempty"`
	Incomplete bool        `json:"incomplete,omitempty"`
	Completion *Completion `json:"completion,omitempty"`
	Result     *Result     `json:"result,omitempty"`
	Fault      *fault      `json:"fault,omitempty"`
}

// writeFrame writes v with its length before it, in one piece.
func writeFrame(w io.Writer, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write a frame: %w", err)
	}
	if len(body) > maxFrame {
		return clusto.Errorf(clusto.ErrInvalid, "%d bytes are too much for one request or answer; %d is the limit", len(body), maxFrame)
	}
	frame := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(body)), uint32(len(body)))
	_, err = w.Write(append(frame, body...))
	return err
}

// readFrame reads what writeFrame wrote into v. It returns io.EOF if nothing comes.
func readFrame(r io.Reader, v any) error {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > maxFrame {
		return clusto.Errorf(clusto.ErrInvalid, "a frame claims to have %d bytes; %d is the limit", n, maxFrame)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		return fmt.Errorf("read a frame of %d bytes: %w", n, io.ErrUnexpectedEOF)
	}
	if err := json.Unmarshal(body, v); err != nil {
		return clusto.Errorf(clusto.ErrInvalid, "read a frame: %w", err)
	}
	return nil
}
