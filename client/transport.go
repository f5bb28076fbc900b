package client

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/clusto/clusto"
)

// maxDial is how long making a connection may take at most.
const maxDial = 10 * time.Second

// newTransport returns what sends requests over the network.
func newTransport(o TLS, timeout time.Duration) (http.RoundTripper, error) {
	config, err := o.config()
	if err != nil {
		return nil, err
	}
	limit := min(cmp.Or(timeout, maxDial), maxDial)
	dialer := &net.Dialer{Timeout: limit, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		TLSClientConfig:     config,
		TLSHandshakeTimeout: limit,
		ForceAttemptHTTP2:   true, // a TLSClientConfig of our own would switch it off
		MaxIdleConns:        16,
		MaxIdleConnsPerHost: 16,
		IdleConnTimeout:     90 * time.Second,
	}, nil
}

// config returns o for crypto/tls. It returns ErrInvalid for files that cannot
// be used.
func (o TLS) config() (*tls.Config, error) {
	config := o.Config.Clone()
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the file of the authority: %w", err),
				"ca in [client] of the configuration names it")
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%s has no certificate", o.CAFile),
				`it begins with "-----BEGIN CERTIFICATE-----"`)
		}
	}
	if (o.CertFile == "") != (o.KeyFile == "") {
		return nil, clusto.Errorf(clusto.ErrInvalid, "a client certificate needs both a file with the certificate and one with its key")
	}
	if o.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(o.CertFile, o.KeyFile)
		if err != nil {
			return nil, clusto.Errorf(clusto.ErrInvalid, "the client certificate %s with the key %s: %w", o.CertFile, o.KeyFile, err)
		}
		config.Certificates = append(config.Certificates, pair)
	}
	return config, nil
}

// maxRedirects is how many redirects are followed for one request.
const maxRedirects = 5

// sameServer lets a request be redirected only within its server, so that
// nobody else is sent a token, and only as what it was: a POST that becomes a GET
// has another answer.
func sameServer(req *http.Request, via []*http.Request) error {
	from := via[0]
	switch {
	case req.URL.Scheme != from.URL.Scheme || req.URL.Host != from.URL.Host:
		return clusto.WithHint(clusto.Errorf(clusto.ErrUnavailable, "%s://%s sends requests on to %s://%s, which is not followed",
			from.URL.Scheme, from.URL.Host, req.URL.Scheme, req.URL.Host), "use the address of the server that it sends to, if you trust that")
	case req.Method != from.Method:
		return clusto.Errorf(clusto.ErrUnavailable, "%s answers a %s with a redirect that makes it a %s", from.URL.Host, from.Method, req.Method)
	case len(via) > maxRedirects:
		return clusto.Errorf(clusto.ErrUnavailable, "%s redirects without end", from.URL.Host)
	}
	return nil
}
