package history

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/clusto/clusto"
)

// sign is how a change is marked in a text.
var sign = map[Change]string{Made: "+", Added: "+", Deleted: "-", Removed: "-", Changed: "~"}

// WriteText writes d for people: an entity on a line with its attributes below,
// each marked as new (+), gone (-) or changed (~).
func (d *Diff) WriteText(w io.Writer) error {
	out := bufio.NewWriter(w)
	for i := range d.Entities {
		e := &d.Entities[i]
		fmt.Fprintf(out, "%s %s\n", sign[e.Change], e.title())
		for _, a := range e.Attrs {
			fmt.Fprintf(out, "    %s\n", a)
		}
	}
	for _, r := range d.Redacted {
		fmt.Fprintf(out, "%s: %s of %s taken out of the history\n", r.Name, count(r.Values, "old value", "old values"), r.Key)
	}
	return out.Flush()
}

// title names the entity, and says what it was if that is something else.
func (d *EntityDiff) title() string {
	switch {
	case d.Change != Changed:
		e := d.Is
		if d.Change == Deleted {
			e = d.Was
		}
		return fmt.Sprintf("%s (%s, %s)", e.Name, e.Type, e.Driver)
	case same(d.Was, d.Is):
		return d.Is.Name
	}
	title := d.Is.Name
	if d.Was.Name != d.Is.Name {
		title += ", was called " + d.Was.Name
	}
	if d.Was.Driver != d.Is.Driver || d.Was.Type != d.Is.Type {
		title += fmt.Sprintf(" (%s, %s; was %s, %s)", d.Is.Type, d.Is.Driver, d.Was.Type, d.Was.Driver)
	}
	return title
}

// String returns d as a line: "~ system.memory: 8192 -> 16384".
func (d AttrDiff) String() string {
	a := clusto.Attr{Key: d.Key, Number: d.Number, Subkey: d.Subkey}
	switch d.Change {
	case Added:
		return fmt.Sprintf("+ %s = %s", a.Name(), shown(a, d.Is))
	case Removed:
		return fmt.Sprintf("- %s = %s", a.Name(), shown(a, d.Was))
	}
	return fmt.Sprintf("~ %s: %s -> %s", a.Name(), shown(a, d.Was), shown(a, d.Is))
}

// headline returns who made a version and when, on one line.
func headline(v clusto.VersionInfo, zone *time.Location) string {
	return strings.TrimRight(fmt.Sprintf("%-8d %-19s  %s", v.Version, when(v.Time, zone), cmp.Or(v.User, "?")), " ")
}

// when returns a time for people, or a line where the database does not say.
func when(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(zone).Format(timeLayout)
}

// count returns n with the word for one or for several.
func count(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}

// few is how many names a summary has at most.
const few = 3

// list returns names with commas, of many only the first few.
func list(names []string) string { return listOf(names, len(names)) }

// listOf is list for n names, of which these are the first.
func listOf(names []string, n int) string {
	if n <= few+1 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), n-few)
}
