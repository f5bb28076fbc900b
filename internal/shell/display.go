package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/clusto/clusto"
)

// Colours, as the numbers of the terminal's "select graphic rendition".
const (
	bold = "1"
	red  = "31"
)

// banner greets the person as classic clusto did, and says where they are.
func (s *Shell) banner() {
	title := strings.TrimSpace("clusto " + s.opt.Version)
	if s.opt.Database != "" {
		title += " on " + s.opt.Database
	}
	fmt.Fprintf(s.opt.Out, "%s\n", s.styled(s.opt.Out, bold, title))
	fmt.Fprint(s.opt.Out, "This is the clusto shell. Respect it.\n"+
		"help() shows what there is, help(x) what x can do. Tab completes, Ctrl-D leaves.\n\n")
}

// report shows the error of an entry.
func (s *Shell) report(err error) {
	text := err.Error()
	if r, ok := errors.AsType[renderer](err); ok {
		text = r.Render()
	} else if errors.Is(err, context.Canceled) {
		text = "interrupted"
	} else if hint := clusto.Hint(err); hint != "" {
		text += "\nhint: " + hint
	}
	fmt.Fprintln(s.opt.Err, s.styled(s.opt.Err, red, text))
}

// styled returns text as it is to be written to w: in a colour if w is a
// terminal that may show some.
func (s *Shell) styled(w io.Writer, style, text string) string {
	if s.opt.NoColor || s.opt.Dumb || terminal(w) == nil {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

// more returns the prompt of the second and further lines of an entry that
// began at prompt.
func more(prompt string) string {
	const dots = "... "
	return strings.Repeat(" ", max(len(prompt)-len(dots), 0)) + dots
}
