package shell

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/reeflective/readline"
	"github.com/reeflective/readline/inputrc"
)

// menuEditor edits with a menu of completions, search in the history and the
// person's own key bindings (.inputrc). It works on standard input, output and
// error.
//
// It asks the terminal where the cursor is each time it shows the entry, and
// loses keys that it reads together with the answer. People do not type that
// fast, but a program that plays a terminal should wait until the cursor is shown.
type menuEditor struct {
	lines  *readline.Shell
	prompt string
	more   string // the prompt of further lines, as wide as prompt
}

func newMenuEditor(interp Interpreter, h *history, noColor bool) *menuEditor {
	e := &menuEditor{lines: readline.NewShell()}
	for option, value := range map[string]any{
		"enable-bracketed-paste":       true,
		"menu-complete-display-prefix": true,  // Tab completes as far as possible and shows the menu
		"convert-meta":                 false, // so that é is a letter and not Meta-i
		"output-meta":                  true,
		"multiline-column":             false,
		"revert-all-at-newline":        true, // entries of the history stay as they were entered
		"bell-style":                   "none",
	} {
		e.lines.Config.Set(option, value)
	}
	moveInEntry(e.lines.Config)
	source := "history"
	if noColor {
		// What the editor shows in a colour of its own begins with the end of colours.
		e.lines.Config.Set("completion-selection-style", "\x1b[0;7m")
		source = "\x1b[0m" + source
	}
	e.lines.Prompt.Primary(func() string {
		if noColor {
			return e.prompt
		}
		return "\x1b[" + bold + "m" + e.prompt + "\x1b[0m"
	})
	// The editor indents further lines by the width of the prompt, but shows no
	// prompt of ours there. It lets us show the text as we like, though.
	e.lines.SyntaxHighlighter = func(line []rune) string {
		return strings.ReplaceAll(string(line), "\n", "\n\r"+e.more)
	}
	e.lines.History.Delete()
	e.lines.History.Add(source, recall{h, interp})
	e.lines.AcceptMultiline = func(line []rune) bool {
		cursor := min(e.lines.Cursor().Pos(), len(line))
		// On another line than the last, Enter inserts a line.
		return !strings.ContainsRune(string(line[cursor:]), '\n') && !interp.Incomplete(string(line))
	}
	e.lines.Completer = func(line []rune, cursor int) readline.Completions {
		return menu(interp, string(line[:cursor]))
	}
	return e
}

// moveInEntry has the keys that walk through the history move between the lines
// of an entry first.
func moveInEntry(config *inputrc.Config) {
	for _, binds := range config.Binds {
		for keys, bind := range binds {
			switch bind.Action {
			case "previous-history":
				bind.Action = "up-line-or-history"
			case "next-history":
				bind.Action = "down-line-or-history"
			}
			binds[keys] = bind
		}
	}
}

// readEntry implements editor. The end of ctx is felt as Ctrl-C.
func (e *menuEditor) readEntry(ctx context.Context, prompt string) (string, error) {
	e.prompt, e.more = prompt, more(prompt)
	cancel := context.AfterFunc(ctx, func() {
		e.lines.Keys.Feed(true, ctrlC)
		e.lines.Keys.RequestRefresh()
	})
	defer cancel()
	text, err := e.lines.Readline()
	if errors.Is(err, readline.ErrInterrupt) {
		return "", errCleared
	}
	return text, err
}

const ctrlC = '\x03'

// menu returns what Tab offers after text.
//
// The editor replaces a word before the cursor, and looks for one of its own
// if it is given none. It also takes the bytes of the word for characters. So
// it is given a word of ASCII characters that is never empty, for which the
// character before it is borrowed if need be.
func menu(interp Interpreter, text string) readline.Completions {
	if tab := indent(text); tab != "" {
		last := text[len(text)-1:]
		return replacing(last, readline.Completion{Value: last + tab})
	}
	word, candidates := interp.Complete(text)
	begin := strings.LastIndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII })
	if begin >= 0 {
		_, size := utf8.DecodeRuneInString(text[begin:])
		begin += size
	} else {
		begin = 0
	}
	start := len(text) - len(word) // of the word
	from := max(start, begin)      // of what is replaced
	if from == len(text) && from > begin {
		from--
	}
	if from == len(text) && text != "" {
		return readline.Completions{}
	}
	values := make([]readline.Completion, len(candidates))
	for i, c := range candidates {
		value := text[:start] + c.Text
		values[i] = readline.Completion{Value: value[from:], Display: c.Text, Description: c.Description}
	}
	return replacing(text[from:], values...)
}

// replacing returns completions that take the place of word.
func replacing(word string, values ...readline.Completion) readline.Completions {
	list := readline.CompleteRaw(values)
	list.PREFIX = word
	return list
}
