package mysql

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"os"
	"strings"

	"github.com/clusto/clusto"
)

// tlsMode is how a connection is encrypted, by the names that the command line
// clients of MySQL have for it.
type tlsMode string

const (
	tlsDisabled       tlsMode = "disabled"
	tlsPreferred      tlsMode = "preferred"       // if the server can, whoever it is
	tlsRequired       tlsMode = "required"        // always, whoever it is
	tlsVerifyCA       tlsMode = "verify_ca"       // with a server that the authority knows
	tlsVerifyIdentity tlsMode = "verify_identity" // and that has the host's name
)

// tlsModes are the values of ssl_mode, and those of tls, as the driver for Go
// calls them.
var tlsModes = map[string]map[string]tlsMode{
	"ssl_mode": {
		"disabled": tlsDisabled, "preferred": tlsPreferred, "required": tlsRequired,
		"verify_ca": tlsVerifyCA, "verify_identity": tlsVerifyIdentity,
	},
	"tls": {"false": tlsDisabled, "preferred": tlsPreferred, "skip-verify": tlsRequired, "true": tlsVerifyIdentity},
}

// tlsParameters are what a DSN says about encryption.
type tlsParameters struct {
	mode          tlsMode // "" if it says nothing
	ca, cert, key string  // files
}

func (p *tlsParameters) set(name, value string) error {
	switch name {
	case "ssl_ca":
		p.ca = value
	case "ssl_cert":
		p.cert = value
	case "ssl_key":
		p.key = value
	default:
		mode, ok := tlsModes[name][strings.ToLower(value)]
		if !ok {
			return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the DSN has %s=%q", name, value),
				"ssl_mode is disabled, preferred, required, verify_ca or verify_identity")
		}
		p.mode = mode
	}
	return nil
}

// config returns how to encrypt, or nil for not at all, and whether a server
// that cannot is acceptable. Without a mode, what the authority does not know is
// refused if one is given.
func (p *tlsParameters) config() (c *tls.Config, optional bool, err error) {
	mode := p.mode
	if mode == "" && p.ca != "" {
		mode = tlsVerifyCA
	}
	mode = cmp.Or(mode, tlsPreferred)
	if mode == tlsDisabled {
		return nil, false, nil
	}
	c = &tls.Config{InsecureSkipVerify: mode != tlsVerifyIdentity}
	if p.cert != "" || p.key != "" {
		pair, err := tls.LoadX509KeyPair(p.cert, p.key)
		if err != nil {
			return nil, false, clusto.Errorf(clusto.ErrInvalid, "ssl_cert and ssl_key of the DSN: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	if p.ca != "" {
		pem, err := os.ReadFile(p.ca)
		if err != nil {
			return nil, false, clusto.Errorf(clusto.ErrInvalid, "ssl_ca of the DSN: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, false, clusto.Errorf(clusto.ErrInvalid, "ssl_ca of the DSN: there is no certificate in %s", p.ca)
		}
	}
	if mode == tlsVerifyCA {
		c.VerifyConnection = func(s tls.ConnectionState) error { return knownTo(c.RootCAs, s) }
	}
	return c, mode == tlsPreferred, nil
}

// knownTo returns an error unless an authority vouches for the server, whatever
// its name.
func knownTo(roots *x509.CertPool, s tls.ConnectionState) error {
	between := x509.NewCertPool()
	for _, c := range s.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := s.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between})
	return err
}
