package client

import (
	"cmp"
	"crypto/tls"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/clusto/clusto"
)

// prefix is where the API is under the address of a server.
const prefix = "/api/v1/"

// Options are how a client reaches its server. The zero value is one without
// an account.
type Options struct {
	// Token is sent with each request, as "Authorization: Bearer".
	Token string
	// User and Password are sent instead of a token, by HTTP Basic. The password
	// may be a token.
	User, Password string
	// TLS is whom to trust and who to be, of an https address.
	TLS TLS
	// UserAgent is what the client calls itself; "" means "clusto".
	UserAgent string
	// Timeout is how long the server may be silent: until it answers, and then from
	// one part of the answer to the next. How long all of it takes is not
	// limited; the context does that. 0 means DefaultTimeout, less than 0 no limit.
	// Scripts, imports, checks and pruning may be silent for as long as they take.
	Timeout time.Duration
	// Retry is how often and when a request is sent again.
	Retry Retry
	// MaxAnswer is how many bytes an answer may have that is not a stream; 0 means
	// DefaultMaxAnswer.
	MaxAnswer int64
	// HTTPClient, if it is not nil, is what sends the requests, instead of one
	// made of TLS. Its CheckRedirect is not used. Its Timeout, if it has one,
	// ends streams too.
	HTTPClient *http.Client
}

// What Options mean where they say nothing.
const (
	DefaultTimeout   = 2 * time.Minute
	DefaultMaxAnswer = 256 << 20
)

// TLS is whom a client trusts and who it is.
type TLS struct {
	// CAFile has the certificates, in PEM, of which one must have signed the
	// server's; "" means those that the system trusts.
	CAFile string
	// CertFile and KeyFile are the client's certificate and its key, in PEM.
	CertFile, KeyFile string
	// Config, if it is not nil, is what the files are added to.
	Config *tls.Config
}

// Client speaks with one server. It is safe for use by many goroutines.
type Client struct {
	address string // of the server, for messages
	base    string // of the API, with a / at the end
	options Options
	http    *http.Client
	own     bool // http was made here
}

// New returns a client of the server at address, such as
// https://clusto.example.com or http://127.0.0.1:9664/inventory; the API is under
// it at /api/v1. It returns ErrInvalid if address or o cannot be used. Nothing is
// sent yet: [Client.Check] does that.
func New(address string, o Options) (*Client, error) {
	u, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	if o.Token != "" && (o.User != "" || o.Password != "") {
		return nil, clusto.Errorf(clusto.ErrInvalid, "a client signs in either by a token or by user and password, not by both")
	}
	if strings.ContainsFunc(o.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the token has a blank, a line end or another strange character in it"),
			"if it comes from a file, the file may have more than the token")
	}
	if o.Password != "" && o.User == "" {
		return nil, clusto.Errorf(clusto.ErrInvalid, "a password is given, but no user")
	}
	c := &Client{address: u.String(), base: u.String() + prefix, options: o.withDefaults()}
	if o.HTTPClient != nil {
		copied := *o.HTTPClient
		c.http = &copied
	} else {
		transport, err := newTransport(o.TLS, c.options.Timeout)
		if err != nil {
			return nil, err
		}
		c.http, c.own = &http.Client{Transport: transport}, true
	}
	c.http.CheckRedirect = sameServer
	return c, nil
}

func (o Options) withDefaults() Options {
	o.Timeout = max(cmp.Or(o.Timeout, DefaultTimeout), 0)
	o.MaxAnswer = cmp.Or(o.MaxAnswer, DefaultMaxAnswer)
	o.UserAgent = cmp.Or(o.UserAgent, "clusto")
	o.Retry = o.Retry.withDefaults()
	return o
}

// parseAddress reads the address of a server.
func parseAddress(address string) (*url.URL, error) {
	const form = "write it as https://HOST[:PORT][/PREFIX]"
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the address of the server cannot be read"), form)
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%q is not the address of a server", u.Redacted()), form)
	case u.User != nil:
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the address %s has a user in it", u.Redacted()),
			"give the user and the password, or a token, beside the address")
	case u.RawQuery != "", u.Fragment != "":
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the address %s goes on behind its path", u.Redacted()), form)
	}
	u.Path, u.RawPath = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), strings.TrimSuffix(prefix, "/")), ""
	return u, nil
}

// URL returns the address of the server, without the path of the API.
func (c *Client) URL() string { return c.address }

// Close closes connections that no request uses. The client can be used again.
func (c *Client) Close() {
	if c.own {
		c.http.CloseIdleConnections()
	}
}

// patient returns the client for requests whose server may be at work for long
// without a word.
func (c *Client) patient() *Client {
	patient := *c
	patient.options.Timeout = 0
	return &patient
}

// single returns the client for requests that are not sent twice.
func (c *Client) single() *Client {
	single := *c
	single.options.Retry.Attempts = 1
	return &single
}
