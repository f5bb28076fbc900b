package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"

	"github.com/clusto/clusto"
)

// fault is an error of the way to the server. It is ErrUnavailable.
type fault struct {
	err    error
	unsent bool // the server has not seen the request
	final  bool // sending it again is of no use
	silent bool // the server did not answer in time
}

func (f *fault) Error() string { return f.err.Error() }
func (f *fault) Unwrap() error { return f.err }

// faultOf returns err, which sending req or reading its answer gave, with what to
// do about it.
func (c *Client) faultOf(req *http.Request, err error) error {
	ctx := req.Context()
	if unread, ok := errors.AsType[*unreadable](err); ok {
		return unread.err
	}
	if errors.Is(context.Cause(ctx), errSilent) {
		return c.faulty(&fault{final: true, silent: true}, "it has been silent for "+c.options.Timeout.String(),
			"if it has much to do, allow it more time; if the request was a change, clusto log tells whether it was made")
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err // its text repeats the address
	}
	if clusto.KindOf(err) != nil {
		return &fault{err: err, final: true} // a redirect that is not followed
	}
	if f := c.trustFault(err); f != nil {
		return f
	}
	return c.connectionFault(req, err)
}

// faulty completes f with what is wrong and what to do.
func (c *Client) faulty(f *fault, what, hint string) error {
	f.err = clusto.Errorf(clusto.ErrUnavailable, "%s: %s", c.address, what)
	if hint != "" {
		f.err = clusto.WithHint(f.err, "%s", hint)
	}
	return f
}

// connectionFault returns what is wrong with the connection.
func (c *Client) connectionFault(req *http.Request, err error) error {
	f := &fault{}
	op, isOp := errors.AsType[*net.OpError](err)
	f.unsent = isOp && op.Op == "dial"
	if missing, ok := errors.AsType[*net.DNSError](err); ok {
		f.unsent, f.final = true, missing.IsNotFound
		return c.faulty(f, "there is no host "+missing.Name+" ("+missing.Err+")", "is the address right?")
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return c.faulty(f, "connection refused", "is the server running there? clusto serve starts it")
	case f.unsent && (os.IsTimeout(err) || op.Timeout()):
		return c.faulty(f, "no connection in time", "is the address right, and does a firewall let it through?")
	case f.unsent:
		return c.faulty(f, op.Err.Error(), "is the address right?")
	}
	hint := ""
	if req.Method != http.MethodGet {
		hint = "clusto log tells whether the change was made"
	}
	return c.faulty(f, "the connection was lost: "+err.Error(), hint)
}

// trustFault returns what is wrong with TLS, or nil.
func (c *Client) trustFault(err error) error {
	f := &fault{unsent: true, final: true}
	if errors.Is(err, http.ErrSchemeMismatch) {
		return c.faulty(f, "it speaks HTTP without TLS", "write the address with http://, if the way to it is safe")
	}
	if unknown, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		issuer := ""
		if unknown.Cert != nil {
			issuer = " (" + unknown.Cert.Issuer.String() + ")"
		}
		return c.faulty(f, "its certificate is signed by an authority that is not trusted"+issuer,
			"if it is your own, name the file with the authority's certificate: ca in [client] of the configuration")
	}
	if host, ok := errors.AsType[x509.HostnameError](err); ok {
		return c.faulty(f, "its certificate is not for "+host.Host, "it is for "+namesOf(host.Certificate)+"; use one of these in the address, or get another certificate")
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		return c.faulty(f, "its certificate cannot be used: "+invalid.Error(), "the server needs another certificate, or this machine's clock is wrong")
	}
	if record, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return c.faulty(f, "it does not speak TLS: "+record.Error(), "write the address with http://, if the way to it is safe")
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "remote error" {
		return c.faulty(f, "it refuses this client: "+op.Err.Error(), "it may ask for a client certificate, or for another one")
	}
	return nil
}

// namesOf returns the names that a certificate is for.
func namesOf(cert *x509.Certificate) string {
	names := append([]string(nil), cert.DNSNames...)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return "no host at all"
	}
	return strings.Join(names, ", ")
}
