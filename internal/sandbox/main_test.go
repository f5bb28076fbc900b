//go:build linux

package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/sandbox"
)

// TestMain makes the program of the tests a child, or a server, when it is told to.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "child":
			os.Exit(child())
		case "server":
			os.Exit(server())
		}
	}
	goleak.VerifyTestMain(m)
}

// child is a process that runs what fake understands.
func child() int {
	err := sandbox.DieWithParent()
	if err == nil {
		err = sandbox.Serve(context.Background(), os.Stdin, os.Stdout, openFake)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// server is a process that starts a session, says who the child is and has it do what
// does not end.
func server() int {
	s, err := sandbox.Start(context.Background(), options(sandbox.Limits{}))
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer s.Close()
	emit := func(e sandbox.Event) { fmt.Print(e.Text) }
	_, _ = s.Eval(context.Background(), "pid", emit)
	_, err = s.Eval(context.Background(), "deaf", emit)
	fmt.Println(err)
	return 1
}

// options are those of a child with the limits, which lets the race detector have the
// memory that it wants.
func options(limits sandbox.Limits) sandbox.Options {
	if racetest.On {
		limits.Memory = 1 << 50
	}
	return sandbox.Options{
		Args:    []string{"child"},
		Setting: sandbox.Setting{DSN: "postgresql://ann:s3cret@db/clusto", User: "ann", Origin: "192.0.2.7", Limits: limits},
	}
}

// start starts a session that ends with the test.
func start(t *testing.T, limits sandbox.Limits) *sandbox.Session {
	t.Helper()
	opt := options(limits)
	opt.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	s, err := sandbox.Start(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// said is what an entry had to say; notices stand in angle brackets.
type said struct{ strings.Builder }

func (s *said) take(e sandbox.Event) {
	if e.Notice {
		e.Text = "<" + e.Text + ">"
	}
	s.WriteString(e.Text)
}

// eval runs an entry, which must succeed, and returns what it said.
func eval(t *testing.T, s *sandbox.Session, entry string) string {
	t.Helper()
	var said said
	if _, err := s.Eval(t.Context(), entry, said.take); err != nil {
		t.Fatalf("%s: %v", entry, err)
	}
	return said.String()
}

// fake is an interpreter that knows a few words.
type fake struct {
	setting sandbox.Setting
	to      sandbox.Streams
	open    bool
}

func openFake(ctx context.Context, s sandbox.Setting, to sandbox.Streams) (sandbox.Interpreter, error) {
	switch s.LibDir {
	case "broken":
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrNotFound, "there is no database"), "make one")
	case "slow":
		<-ctx.Done()
		select {}
	case "dubious":
		fmt.Fprint(to.Notices, "the library is dubious")
	}
	return &fake{setting: s, to: to}, nil
}

// painful is an error that has more to show than its text.
type painful struct{ error }

func (p painful) Unwrap() error  { return p.error }
func (p painful) Render() string { return "there:\n  ouch\n  ^\n" + p.Error() }

func (f *fake) Run(_ context.Context, src sandbox.Source) (sandbox.Result, error) {
	fmt.Fprintf(f.to.Out, "%s:%d atomic=%t dry=%t %d bytes", src.Name, src.Line, src.Atomic, src.Dry, len(src.Text))
	return sandbox.Result{Versions: []clusto.Version{7, 8}, Diff: []byte(`{"a":1}`), DiffText: "a"}, nil
}

func (f *fake) Eval(ctx context.Context, text string) (sandbox.Result, error) {
	word, rest, _ := strings.Cut(text, " ")
	n, _ := strconv.Atoi(rest)
	switch word {
	case "echo":
		fmt.Fprint(f.to.Out, rest)
	case "bytes": // one by one
		for i := range len(rest) {
			f.to.Out.Write([]byte{rest[i]})
		}
	case "both":
		fmt.Fprint(f.to.Out, "1")
		fmt.Fprint(f.to.Notices, "2")
		fmt.Fprint(f.to.Out, "3")
	case "flood":
		for range n {
			fmt.Fprint(f.to.Out, "0123456789")
		}
	case "begin":
		f.open = true
		return sandbox.Result{InTransaction: true}, nil
	case "fail":
		return sandbox.Result{}, painful{clusto.WithHint(clusto.Errorf(clusto.ErrInUse, "it hurts"), "do not")}
	case "wait":
		fmt.Fprint(f.to.Out, "waiting")
		<-ctx.Done()
		return sandbox.Result{}, context.Cause(ctx)
	case "spin":
		for ctx.Err() == nil {
			n++
		}
		return sandbox.Result{}, context.Cause(ctx)
	default:
		return sandbox.Result{}, f.system(word, n)
	}
	return sandbox.Result{}, nil
}

// system has to do with the process.
func (f *fake) system(word string, n int) error {
	switch word {
	case "deaf":
		fmt.Fprint(f.to.Out, "deaf")
		select {}
	case "alloc":
		var all [][]byte
		for range n {
			page := make([]byte, 1<<20)
			for i := range page {
				page[i] = byte(i)
			}
			all = append(all, page)
		}
		fmt.Fprint(f.to.Out, len(all))
	case "panic":
		panic("at the disco")
	case "exit":
		os.Exit(n)
	case "pid":
		fmt.Fprintln(f.to.Out, os.Getpid())
	case "nice":
		stat, err := os.ReadFile("/proc/self/stat")
		fmt.Fprint(f.to.Out, strings.Fields(string(stat))[18])
		return err
	case "limits":
		limits, err := os.ReadFile("/proc/self/limits")
		f.to.Out.Write(limits)
		return err
	case "given":
		fmt.Fprintf(f.to.Out, "%q %q %s", os.Args, os.Environ(), f.setting.DSN)
	default:
		return errors.New("what is " + word + "?")
	}
	return nil
}

func (f *fake) Incomplete(text string) bool { return strings.HasSuffix(text, ":") }

func (f *fake) Complete(text string, pos int) sandbox.Completion {
	if strings.HasPrefix(text, "long ") {
		return sandbox.Completion{Candidates: []sandbox.Candidate{{Text: text}, {Text: text}}}
	}
	return sandbox.Completion{From: pos, Candidates: []sandbox.Candidate{{Text: text[:pos] + "…", Description: "more"}}}
}

func (f *fake) Help(expr string) (string, error) {
	if expr == "" {
		return "", clusto.Errorf(clusto.ErrNotFound, "nothing is known about nothing")
	}
	return "about " + expr, nil
}

func (f *fake) Close() error {
	if f.open {
		return clusto.Errorf(clusto.ErrInvalid, "the changes are given up")
	}
	return nil
}

// waitFor reads from r until it has seen text.
func waitFor(r io.Reader, text string) (string, error) {
	var seen strings.Builder
	buf := make([]byte, 1)
	for !strings.HasSuffix(seen.String(), text) {
		if _, err := r.Read(buf); err != nil {
			return seen.String(), err
		}
		seen.Write(buf)
	}
	return seen.String(), nil
}

// short is a time that is over soon; long is enough for a child to start, on a slow
// machine too.
const (
	short = 300 * time.Millisecond
	long  = 3 * time.Second
)
