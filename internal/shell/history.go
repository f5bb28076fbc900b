package shell

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

const defaultHistoryLimit = 1 << 20

// history is what was entered, oldest first. Its file has one entry a line, as
// a JSON string, and is shared by all shells of a user: each reads it when it
// starts and appends to it. A lock on the file keeps them apart.
type history struct {
	entries []string
	path    string // "" if entries are kept in memory only
	limit   int64  // size in bytes that the file may reach
}

// openHistory reads the history of the file at path; if that is "", it begins
// a new history in memory. The history is usable even if there is an error.
func openHistory(path string, limit int) (*history, error) {
	h := &history{limit: int64(limit)}
	if limit <= 0 {
		h.limit = defaultHistoryLimit
	}
	if path == "" {
		return h, nil
	}
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return h, fmt.Errorf("read the history: %w", err)
	}
	h.path = path
	for line := range bytes.Lines(data) {
		var text string
		if json.Unmarshal(line, &text) == nil {
			h.remember(text)
		}
	}
	return h, nil
}

// add puts an entry at the end of the history. After an error, entries are kept
// in memory only.
func (h *history) add(text string) error {
	text = strings.TrimRight(text, blanks)
	if !h.remember(text) || h.path == "" {
		return nil
	}
	if err := h.save(text); err != nil {
		path := h.path
		h.path = ""
		return fmt.Errorf("write the history: %w; entries are not kept in %s from now on", err, path)
	}
	return nil
}

// remember takes text into the history unless it repeats the entry before.
func (h *history) remember(text string) bool {
	if n := len(h.entries); text == "" || n > 0 && h.entries[n-1] == text {
		return false
	}
	h.entries = append(h.entries, text)
	return true
}

// save appends an entry to the file, from which the oldest entries go when it
// becomes too large.
func (h *history) save(text string) (err error) {
	line, err := json.Marshal(text)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if int64(len(line)) > h.limit/2 {
		return nil // one entry must not push out all others
	}
	f, err := os.OpenFile(h.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }() // which ends the lock, too
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("lock %s: %w", h.path, err)
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := f.Chmod(0o600); err != nil {
			return err
		}
	}
	if info.Size()+int64(len(line)) > h.limit {
		if err := dropOldest(f, h.limit/2); err != nil {
			return err
		}
	}
	_, err = f.Write(line)
	return err
}

// dropOldest cuts f, which must be locked and open for appending, down to its
// last lines of at most size bytes.
func dropOldest(f *os.File, size int64) error {
	data, err := io.ReadAll(io.NewSectionReader(f, 0, 1<<62))
	if err != nil {
		return err
	}
	if begin := int64(len(data)) - size; begin > 0 {
		data = data[begin:]
		data = data[bytes.IndexByte(data, '\n')+1:]
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.Write(data)
	return err
}
