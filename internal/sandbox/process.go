package sandbox

import "sync"

// process is a child, seen from outside.
type process interface {
	// wait returns when the process, and all that it started, is gone.
	wait() ending
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

// maxSaid is how much of what a child says on standard error is kept: the
// beginning of a crash is at the end, with the stacks of some goroutines behind it.
const maxSaid = 64 << 10

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
