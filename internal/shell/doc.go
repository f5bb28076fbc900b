// Package shell is the prompt of "clusto shell": it reads entries, has an
// [Interpreter] run them and goes on until the person leaves. It knows nothing
// of the language but what the interpreter tells it.
//
// [Shell.Run] looks at where its input comes from:
//
//   - On a terminal it shows a prompt and edits entries of several lines with
//     completion and history. A pasted block is one entry, whatever tabs and
//     blank lines it has. Ctrl-C clears the entry or interrupts the one that
//     runs, Ctrl-D leaves. An error is shown and the shell goes on.
//   - From a pipe or a file it runs each statement as soon as it is whole and
//     returns the first error.
//
// The life of an entry: interactive reads it through an editor (menuEditor, or
// plainEditor for terminals that can do little), execute runs it with Ctrl-C
// leading to its context, report shows its error. batch gets its entries from a
// splitter instead.
package shell
