package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/api"
)

func dhcpCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dhcp",
		Short: "say what DHCP clients are told, why, and who has asked",
		Long: `Says what the DHCP server tells clients, and why; who has asked, known or not; and
shows live what it does. The server itself is "clusto dhcpd", or a part of "clusto
serve".`,
		Example: `  clusto dhcp explain 00:16:3e:00:00:01
  clusto dhcp leases --strangers`,
		Annotations: exits(databaseExits),
		RunE:        group,
	}
	cmd.AddCommand(dhcpExplainCommand(r), dhcpLeasesCommand(r), dhcpWatchCommand(r), dhcpReplayCommand(r))
	return cmd
}

// errUnanswered is the error of a client that gets no answer. What is printed says so.
func errUnanswered(reason string) error {
	return saidError{findingsError{fmt.Errorf("no answer: %s", reason)}}
}

// printStory prints how a decision was made: what was looked at, what came of it,
// and what can be done about it.
func (r *run) printStory(indent string, steps []api.DhcpStep) error {
	width := 0
	for _, s := range steps {
		width = max(width, len(s.Subject))
	}
	var b strings.Builder
	for _, s := range steps {
		subject := s.Subject + strings.Repeat(" ", width-len(s.Subject))
		if s.Failed {
			subject = r.colors().bad(subject)
		}
		b.WriteString(indent + subject + "  " + s.Text + "\n")
		next := indent + strings.Repeat(" ", width+2)
		for _, o := range s.Overrides {
			b.WriteString(next + "not heeded: " + o.Value + " of " + o.From + ", which is farther away\n")
		}
		if s.Hint != "" {
			b.WriteString(next + "-> " + s.Hint + "\n")
		}
	}
	_, err := r.Stdout.Write([]byte(b.String()))
	return err
}

// localTime returns a time as people read it, in the zone of this machine.
func localTime(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }
