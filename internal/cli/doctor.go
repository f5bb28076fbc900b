package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
)

// Diagnosis is what doctor says about one thing.
type Diagnosis struct {
	Subject string    `json:"subject"` // such as "indexes"
	State   Diagnosed `json:"state"`
	Finding string    `json:"finding"`
	Advice  string    `json:"advice,omitempty"` // what to do; "" where nothing has to be done
}

// Diagnosed says how a thing is.
type Diagnosed string

// How things may be.
const (
	Well  Diagnosed = "ok"
	Minor Diagnosed = "warn" // it works, and could be better or may end
	Ill   Diagnosed = "bad"  // something does not work
)

func doctorCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "say how the program and its database or server are set up",
		Long: `Looks at what clusto works with, not at what is in the inventory, which is the
business of fsck: the configuration, the database (whether it can be reached and
written, what initdb would add to it, whether names are unique and history is
kept, its files, the space on the disk), the library directory with its scripts,
and programs that clusto leads to. Of a server: whether it can be reached and
trusted, whether it is of the same release and ready, and who you are to it.
Nothing is changed.

Each line is ok, warn or bad, and says what to do about it.`,
		Example: `  clusto doctor
  clusto doctor --dsn sqlite:////var/lib/clusto/clusto.db
  clusto doctor --dsn https://clusto.example.com
  clusto doctor --json | jq -r '.[] | select(.state != "ok") | .advice'`,
		Annotations: exits([]exit{
			{statusOK, "nothing is bad"},
			{statusFindings, "something is bad"},
			{statusInterrupted, "interrupted"},
		}),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			all := r.diagnose(cmd.Context())
			if err := cmd.Context().Err(); err != nil {
				return context.Cause(cmd.Context())
			}
			if err := r.printDiagnoses(all, asJSON); err != nil {
				return err
			}
			n := 0
			for _, d := range all {
				if d.State == Ill {
					n++
				}
			}
			if n > 0 {
				return findingsError{fmt.Errorf("%s bad", count(n, "thing is", "things are"))}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// diagnose looks at one thing after the other, as far as one needs the other.
func (r *run) diagnose(ctx context.Context) []Diagnosis {
	all := []Diagnosis{{Subject: "program", State: Well, Finding: "clusto " + Version()}}
	s, err := r.settle()
	if err != nil {
		return append(all, ailing("configuration", err))
	}
	all = append(all, r.lookAtConfiguration(s)...)
	if s.DSN == "" {
		_, err := r.needDSN()
		return append(all, ailing("database", err))
	}
	all = append(all, Diagnosis{Subject: "dsn", State: Well, Finding: hidePassword(s.DSN) + ", named by " + r.namedBy(s)})
	if s.IsServer() {
		return append(append(all, r.lookAtServer(ctx, s)...), lookAtTools()...)
	}
	all = append(all, r.Examine(ctx, *s)...)
	all = append(all, r.lookAtLibrary(ctx, s)...)
	return append(all, lookAtTools()...)
}

// ailing is the diagnosis of a thing that err is about.
func ailing(subject string, err error) Diagnosis {
	return Diagnosis{Subject: subject, State: Ill, Finding: err.Error(), Advice: clusto.Hint(err)}
}

func (r *run) lookAtConfiguration(s *Setting) []Diagnosis {
	d := Diagnosis{Subject: "configuration", State: Well, Finding: s.Config.Path}
	if s.Config.Path == "" {
		d.Finding = "there is no file; the defaults apply"
	}
	all := []Diagnosis{d}
	for _, warning := range s.Config.Warnings {
		all = append(all, Diagnosis{Subject: "configuration", State: Minor, Finding: warning, Advice: "see " + s.Config.Path})
	}
	for _, key := range s.Config.Ignored {
		all = append(all, Diagnosis{Subject: "configuration", State: Well, Finding: key + ": only classic clusto used it"})
	}
	return all
}

// namedBy returns what names the database.
func (r *run) namedBy(s *Setting) string {
	switch {
	case r.flags.dsn != "":
		return "--dsn"
	case r.Getenv("CLUSTODSN") != "":
		return "CLUSTODSN"
	}
	return s.Config.Path
}

var (
	userPassword  = regexp.MustCompile(`^(?:([\w+]+:/+[^:/@]*):.*|([^:/@]+):[^/].*)@`)
	namedPassword = regexp.MustCompile(`(?i)([?&; ]\w*password=)[^&; ]*`)
)

// hidePassword returns a DSN without the password in it.
func hidePassword(dsn string) string {
	if strings.HasPrefix(dsn, "sqlite:") {
		return dsn
	}
	return namedPassword.ReplaceAllString(userPassword.ReplaceAllString(dsn, "$1$2:***@"), "$1***")
}

// lookAtLibrary loads the drivers and scripts of the library directory and
// returns what they have to say.
func (r *run) lookAtLibrary(ctx context.Context, s *Setting) []Diagnosis {
	d := Diagnosis{Subject: "library", State: Well, Finding: s.LibDir}
	switch info, err := os.Stat(s.LibDir); {
	case errors.Is(err, os.ErrNotExist):
		d.Finding += " does not exist, so there are no drivers, factories and rack layouts of your own"
		return []Diagnosis{d}
	case err != nil:
		return []Diagnosis{ailing("library", err)}
	case !info.IsDir():
		d.State, d.Finding, d.Advice = Ill, s.LibDir+" is not a directory", "name another by --libdir, CLUSTOLIB or the configuration"
		return []Diagnosis{d}
	}
	var said bytes.Buffer
	quiet := *s
	quiet.Log = slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelWarn, ReplaceAttr: withoutTime}))
	quiet.Stderr = &said
	store, err := r.Open(ctx, s.Database())
	if err != nil {
		return nil // the database has its own line
	}
	before := len(r.Drivers.Drivers())
	if err := errors.Join(r.LoadLibrary(ctx, quiet, store), store.Close()); err != nil {
		return []Diagnosis{ailing("library", err)}
	}
	d.Finding += fmt.Sprintf(": %s of its own or shipped as scripts", count(len(r.Drivers.Drivers())-before, "driver", "drivers"))
	all := []Diagnosis{d}
	for _, text := range warnings(said.String()) {
		all = append(all, Diagnosis{Subject: "library", State: Ill, Finding: text, Advice: "correct the file; until then what it defines is missing"})
	}
	return all
}

// warnings returns the warnings in what was said, each of one line or more.
func warnings(said string) []string {
	var all []string
	for line := range strings.Lines(said) {
		text, begins := strings.CutPrefix(line, "warning: ")
		if begins || strings.HasPrefix(line, "level=") || len(all) == 0 {
			all = append(all, text)
		} else {
			all[len(all)-1] += line
		}
	}
	return all
}

// withoutTime leaves the time out of what is logged.
func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

// lookAtTools looks for the programs that commands of drivers lead to.
func lookAtTools() []Diagnosis {
	path, err := exec.LookPath("ssh")
	if err != nil {
		return []Diagnosis{{Subject: "ssh", State: Minor, Finding: "is not installed", Advice: "install it if consoles are to be opened from here"}}
	}
	return []Diagnosis{{Subject: "ssh", State: Well, Finding: path + ", for consoles"}}
}

func (r *run) printDiagnoses(all []Diagnosis, asJSON bool) error {
	if asJSON {
		return writeJSON(r.Stdout, all)
	}
	for _, d := range all {
		text := strings.ReplaceAll(strings.TrimRight(d.Finding, "\n"), "\n", "\n"+strings.Repeat(" ", 22))
		if d.Advice != "" {
			text += "\n" + strings.Repeat(" ", 22) + "→ " + d.Advice
		}
		if _, err := fmt.Fprintf(r.Stdout, "%-5s %-15s %s\n", d.State, d.Subject, text); err != nil {
			return err
		}
	}
	return nil
}
