package sandbox

import (
	"strings"
	"sync"

	"github.com/clusto/clusto"
)

// process is a child, seen from outside.
type process interface {
	// wait returns when the process, and all that it started, is gone.
	wait() ending
	// settle says that the process is ready, and holds it to its memory exactly.
	settle() error
	// kill ends the process and all that it started, at once.
	kill()
}

// ending is how a process came to its end.
type ending struct {
	why   error  // in words for its user
	state string // in the words of the system
	said  string // what it had to say on standard error
}

// afterwards is what users of a session that was killed want to know.
const afterwards = "what was committed is kept, an open transaction is not; begin a new session"

// errOutOfTime is the end of a session that has had its processor time.
var errOutOfTime = clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "the session has used all the processor time that it may"), "%s", afterwards)

// maxSaid is how much of what a child says on standard error is kept: of a crash that
// is all, with the stacks of the goroutines, of which operators are shown the beginning.
const (
	maxSaid  = 64 << 10
	maxShown = 4 << 10
)

// crash returns what matters of a child's last words.
func crash(said string) string {
	for _, first := range []string{"panic: ", "runtime: out of memory", "fatal error: "} {
		if i := strings.LastIndex(said, first); i >= 0 {
			said = said[i:]
			return said[:min(len(said), maxShown)]
		}
	}
	return said[max(0, len(said)-maxShown):]
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex // guards text
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if over := len(t.text) - maxSaid; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
