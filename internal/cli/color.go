package cli

import (
	"os"

	"golang.org/x/term"
)

// hue returns a text in a colour, or as it is where there are no colours.
type hue func(text string) string

// colors are what a command has to paint with.
type colors struct {
	heading hue
	good    hue // free, on
	busy    hue // in use, filling up
	bad     hue // full, off
}

// colors returns the colours of standard output: none unless it is a terminal that
// has some and nobody asked for none (no-color.org).
func (r *run) colors() colors {
	return colorsOf(isTerminal(r.Stdout) && r.Getenv("NO_COLOR") == "" && r.Getenv("TERM") != "dumb")
}

func colorsOf(some bool) colors {
	sgr := func(code string) hue {
		return func(text string) string {
			if !some || text == "" {
				return text
			}
			return "\x1b[" + code + "m" + text + "\x1b[0m"
		}
	}
	return colors{heading: sgr("1"), good: sgr("32"), busy: sgr("33"), bad: sgr("31")}
}

// unpainted paints nothing.
func unpainted(text string) string { return text }

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
