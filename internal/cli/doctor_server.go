package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// lookAtServer says how the server of a setting is: whether it can be reached and
// trusted, whether it is of our version and ready, and who we are to it.
func (r *run) lookAtServer(ctx context.Context, s *Setting) []Diagnosis {
	c, end, err := r.Connect(ctx, *s)
	if err != nil {
		return []Diagnosis{ailing("server", err)}
	}
	defer end()
	start := time.Now()
	info, err := c.Check(ctx)
	if err != nil {
		return []Diagnosis{ailing("server", err)}
	}
	answered := time.Since(start).Round(10 * time.Microsecond)
	all := []Diagnosis{{
		Subject: "server", State: Well,
		Finding: fmt.Sprintf("%s answers within %s; a %s database at version %d", c.URL(), answered, info.Database, info.Newest),
	}}
	return append(all, r.lookAtTransport(s), lookAtRelease(info), lookAtReadiness(ctx, c), lookAtAccount(ctx, c, s, info))
}

// lookAtTransport says whether others can read what is sent.
func (r *run) lookAtTransport(s *Setting) Diagnosis {
	if strings.HasPrefix(s.DSN, "http://") {
		return Diagnosis{
			Subject: "tls", State: Minor, Finding: "is not used: whoever is on the way can read tokens and data",
			Advice: "write the address with https://, unless the way to the server is safe",
		}
	}
	d := Diagnosis{Subject: "tls", State: Well, Finding: "the server's certificate is trusted by this system"}
	if ca := s.Config.Client.CA; ca != "" {
		d.Finding = "the server's certificate is trusted by " + ca
	}
	return d
}

// lookAtRelease says whether program and server are of one release.
func lookAtRelease(info *api.ServerInfo) Diagnosis {
	d := Diagnosis{Subject: "release", State: Well, Finding: "the server is clusto " + info.Version + " too"}
	if info.Version != Version() {
		d.State, d.Finding = Minor, "the server is clusto "+info.Version+", this program "+Version()
		d.Advice = "use a program and a server of the same release where something is not understood"
	}
	return d
}

// lookAtReadiness says whether the server can work.
func lookAtReadiness(ctx context.Context, c *client.Client) Diagnosis {
	if err := c.Ready(ctx); err != nil {
		return ailing("ready", err)
	}
	return Diagnosis{Subject: "ready", State: Well, Finding: "the server says that it can work"}
}

// lookAtAccount says who we are to the server.
func lookAtAccount(ctx context.Context, c *client.Client, s *Setting, info *api.ServerInfo) Diagnosis {
	token := s.Token != "" || s.Config.Client.Token != ""
	if !info.Accounts {
		d := Diagnosis{Subject: "account", State: Well, Finding: "the server has no accounts: whoever reaches it may do everything"}
		if token {
			d.State, d.Finding, d.Advice = Minor, "the server has no accounts, and a token is given", "leave the token away, or switch the accounts on"
		}
		return d
	}
	session, err := c.Session(ctx)
	if err != nil {
		return ailing("account", err)
	}
	return Diagnosis{Subject: "account", State: Well, Finding: "signed in as " + session.User + " by " + session.How}
}
