package shell_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rivo/uniseg"
	"golang.org/x/sys/unix"
)

// terminal is a person's terminal: a screen and a keyboard, with a shell on the
// other end of the line.
type terminal struct {
	t    *testing.T
	pty  *os.File
	cmd  *exec.Cmd
	menu bool

	mu      sync.Mutex
	changed *sync.Cond
	screen  screen
	raw     strings.Builder // all that the shell wrote
	closed  bool
}

// open starts a shell with an editor, "menu", "plain" or "dumb", on a new terminal.
func open(t *testing.T, editor string, env ...string) *terminal {
	t.Helper()
	pty, tty := openPTY(t)
	term := &terminal{t: t, pty: pty, menu: editor == "menu", screen: newScreen(24, 80)}
	term.changed = sync.NewCond(&term.mu)
	term.cmd = exec.Command(os.Args[0])
	home := t.TempDir()
	term.cmd.Env = append(os.Environ(), childMode+"="+editor, "TERM=xterm", "HOME="+home,
		"INPUTRC="+filepath.Join(home, "inputrc"), "SHELL_TEST_HISTORY="+filepath.Join(home, "history"))
	term.cmd.Env = append(term.cmd.Env, env...)
	term.cmd.Stdin, term.cmd.Stdout, term.cmd.Stderr = tty, tty, tty
	term.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := term.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tty.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		term.play()
	}()
	t.Cleanup(func() {
		term.cmd.Process.Kill()
		term.cmd.Wait()
		<-done
		pty.Close()
	})
	return term
}

func openPTY(t *testing.T) (pty, tty *os.File) {
	t.Helper()
	pty, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo terminals here: %v", err)
	}
	fd := int(pty.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80}); err != nil {
		t.Fatal(err)
	}
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return pty, tty
}

// play shows what the shell writes, and answers its questions, until it is gone.
func (term *terminal) play() {
	buf := make([]byte, 4096)
	for {
		n, err := term.pty.Read(buf)
		term.mu.Lock()
		term.raw.Write(buf[:n])
		answer := term.screen.write(buf[:n])
		term.closed = err != nil
		term.changed.Broadcast()
		term.mu.Unlock()
		if err != nil {
			return
		}
		term.pty.WriteString(answer)
	}
}

// types presses keys.
func (term *terminal) types(keys string) {
	term.t.Helper()
	if _, err := term.pty.WriteString(keys); err != nil {
		term.t.Fatal(err)
	}
}

// pastes pastes text as terminals do that know bracketed paste.
func (term *terminal) pastes(text string) {
	term.t.Helper()
	term.types("\x1b[200~" + strings.ReplaceAll(text, "\n", "\r") + "\x1b[201~")
}

// until waits for the screen to end in text, after blanks at the end of lines
// are cut, and for the menu editor to have finished showing it: it loses keys that
// arrive together with the answer to its question where the cursor is.
func (term *terminal) until(text string) {
	term.t.Helper()
	term.wait("end in "+text, func() bool {
		const shown = "\x1b[?25h"
		raw := term.raw.String()
		return strings.HasSuffix(term.screen.String(), text) && (!term.menu || strings.HasSuffix(raw, shown))
	})
}

// shows waits for the screen to have text somewhere.
func (term *terminal) shows(text string) {
	term.t.Helper()
	term.wait("show "+text, func() bool { return strings.Contains(term.screen.String(), text) })
}

// wrote waits for the shell to write text, however the screen wraps it.
func (term *terminal) wrote(text string) {
	term.t.Helper()
	term.wait("get "+text, func() bool { return strings.Contains(strings.ReplaceAll(term.raw.String(), "\r\n", "\n"), text) })
}

// gone waits for the shell to have ended well.
func (term *terminal) gone() {
	term.t.Helper()
	term.shows("bye")
	if err := term.cmd.Wait(); err != nil {
		term.t.Errorf("the shell ended with %v", err)
	}
}

func (term *terminal) wait(what string, ok func() bool) {
	term.t.Helper()
	late := false
	timer := time.AfterFunc(10*time.Second, func() {
		term.mu.Lock()
		defer term.mu.Unlock()
		late = true
		term.changed.Broadcast()
	})
	defer timer.Stop()
	term.mu.Lock()
	defer term.mu.Unlock()
	for !ok() {
		if late || term.closed {
			term.t.Fatalf("the screen did not %q:\n%s", what, term.screen.String())
		}
		term.changed.Wait()
	}
}

// colours returns all characters that were shown in a colour so far.
func (term *terminal) colours() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.screen.coloured
}

// output returns all that the shell has written so far.
func (term *terminal) output() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.raw.String()
}

// screen is what a terminal shows. It understands the part of xterm's language
// that line editors speak.
type screen struct {
	cells    [][]string // characters by row and column; a wide one is followed by ""
	row, col int
	rest     []byte // of a sequence that is not complete
	colour   bool   // of what is written now
	coloured string // all characters that were shown in a colour
}

func newScreen(rows, cols int) screen {
	s := screen{cells: make([][]string, rows)}
	for i := range s.cells {
		s.cells[i] = make([]string, cols)
		s.clear(i, 0, cols)
	}
	return s
}

func (s *screen) clear(row, from, to int) {
	for i := from; i < to; i++ {
		s.cells[row][i] = " "
	}
}

// String returns the text above and on the cursor's line without blanks at the
// ends of lines, and what is below.
func (s *screen) String() string {
	var b strings.Builder
	for _, row := range s.cells {
		b.WriteString(strings.TrimRight(strings.Join(row, ""), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// write shows data and returns the terminal's answers to questions in it.
func (s *screen) write(data []byte) (answer string) {
	data = append(s.rest, data...)
	for len(data) > 0 {
		if data[0] == '\x1b' {
			n, a, ok := s.escape(data)
			if !ok {
				break
			}
			answer += a
			data = data[n:]
			continue
		}
		if data[0] >= 0x80 && data[len(data)-1] >= 0x80 && len(data) < 4 {
			break // perhaps a part of a character
		}
		char, rest, width, _ := uniseg.FirstGraphemeCluster(data, -1)
		s.put(string(char), width)
		data = rest
	}
	s.rest = append([]byte(nil), data...)
	return answer
}

func (s *screen) put(char string, width int) {
	cols := len(s.cells[0])
	switch char {
	case "\r":
		s.col = 0
		return
	case "\r\n":
		s.col = 0
		s.newline()
		return
	case "\n":
		s.newline()
		return
	case "\b":
		s.col = max(s.col-1, 0)
		return
	case "\a":
		return
	}
	if s.col+width > cols {
		s.col = 0
		s.newline()
	}
	s.cells[s.row][s.col] = char
	if s.colour && char != " " {
		s.coloured += char
	}
	if width == 2 {
		s.cells[s.row][s.col+1] = ""
	}
	s.col += width
}

func (s *screen) newline() {
	if s.row < len(s.cells)-1 {
		s.row++
		return
	}
	copy(s.cells, s.cells[1:])
	s.cells[s.row] = make([]string, len(s.cells[0]))
	s.clear(s.row, 0, len(s.cells[0]))
}

// escape obeys the sequence that data begins with and returns its length.
func (s *screen) escape(data []byte) (n int, answer string, ok bool) {
	if len(data) < 2 {
		return 0, "", false
	}
	if data[1] != '[' {
		return 2, "", true
	}
	for n = 2; n < len(data) && (data[n] < '@' || data[n] > '~'); n++ {
	}
	if n == len(data) {
		return 0, "", false
	}
	rows, cols := len(s.cells), len(s.cells[0])
	arg := string(data[2:n])
	count := 1
	if v, err := strconv.Atoi(arg); err == nil {
		count = max(v, 1)
	}
	switch data[n] {
	case 'A':
		s.row = max(s.row-count, 0)
	case 'B':
		s.row = min(s.row+count, rows-1)
	case 'C':
		s.col = min(s.col+count, cols-1)
	case 'D':
		s.col = max(min(s.col, cols-1)-count, 0)
	case 'H':
		s.row, s.col = 0, 0
	case 'J':
		s.clear(s.row, min(s.col, cols-1), cols)
		for i := s.row + 1; i < rows; i++ {
			s.clear(i, 0, cols)
		}
	case 'K':
		switch arg {
		case "", "0":
			s.clear(s.row, min(s.col, cols-1), cols)
		case "1":
			s.clear(s.row, 0, min(s.col+1, cols))
		case "2":
			s.clear(s.row, 0, cols)
		}
	case 'm':
		s.dye(arg)
	case 'n':
		answer = fmt.Sprintf("\x1b[%d;%dR", s.row+1, min(s.col, cols-1)+1)
	}
	return n + 1, answer, true
}

// dye obeys "select graphic rendition" as far as it is about colours.
func (s *screen) dye(arg string) {
	for code := range strings.SplitSeq(arg, ";") {
		switch n, _ := strconv.Atoi(code); {
		case n == 0 || n == 39 || n == 49:
			s.colour = false
		case n >= 30 && n < 50 || n >= 90 && n < 108:
			s.colour = true
		}
	}
}
