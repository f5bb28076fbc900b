package shell_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/clusto/clusto/internal/script/dialect"
	"github.com/clusto/clusto/internal/shell"
)

// childMode is the variable that makes the test program a shell on its terminal.
const childMode = "SHELL_TEST_EDITOR"

func TestMain(m *testing.M) {
	if mode := os.Getenv(childMode); mode != "" {
		os.Exit(child(mode))
	}
	goleak.VerifyTestMain(m)
}

// child is a shell over a fake interpreter, for a test that plays the terminal.
func child(mode string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	sh, err := shell.New(&fake{out: os.Stdout}, shell.Options{
		Version:  "1.2.3",
		Database: "sqlite:///test.db",
		History:  os.Getenv("SHELL_TEST_HISTORY"),
		Plain:    mode == "plain",
		Dumb:     mode == "dumb",
		NoColor:  os.Getenv("SHELL_TEST_NOCOLOR") != "",
	})
	if err == nil {
		err = sh.Run(ctx)
	}
	stop()
	if err == nil {
		err = goleak.Find()
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("bye")
	return 0
}

// fake is an interpreter that shows what it is given; only when an entry is
// complete is for the language to say.
//
// "boom" fails, "wait" waits to be interrupted.
type fake struct {
	out io.Writer
	ran []shell.Entry
}

// boom is an error with more to say.
type boom struct{}

func (boom) Error() string  { return "boom" }
func (boom) Render() string { return "boom\n^ here" }

func (f *fake) Run(ctx context.Context, e shell.Entry) error {
	f.ran = append(f.ran, e)
	switch strings.TrimSpace(e.Text) {
	case "boom":
		return boom{}
	case "wait":
		fmt.Fprintln(f.out, "waiting")
		<-ctx.Done()
		return ctx.Err()
	}
	fmt.Fprintf(f.out, "%s: %q\n", e.Name, e.Text)
	return nil
}

func (f *fake) Incomplete(src string) bool { return dialect.Incomplete(src) }

func (f *fake) Complete(text string) (string, []shell.Candidate) {
	word := text[strings.LastIndexAny(text, " .(\n'")+1:]
	if _, after, found := strings.Cut(word, "é"); found {
		word = after
	}
	var found []shell.Candidate
	for n := range 80 {
		if name := fmt.Sprintf("method_%02d", n); strings.HasPrefix(name, word) && word != "" {
			found = append(found, shell.Candidate{Text: name, Description: fmt.Sprintf("does one of eighty things, number %d", n)})
		}
	}
	for _, c := range []shell.Candidate{
		{Text: "get_by_ip", Description: "find by address"},
		{Text: "get_by_name", Description: "find by name"},
		{Text: "rack", Description: "a rack"},
	} {
		if strings.HasPrefix(c.Text, word) {
			found = append(found, c)
		}
	}
	return word, found
}
