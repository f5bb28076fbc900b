package testenv

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Certificates are those of a server on 127.0.0.1 and localhost, signed by an
// authority of their own.
type Certificates struct {
	// AuthorityFile is a PEM file with the authority's certificate, which a
	// client needs to trust the server.
	AuthorityFile string

	certificate, key []byte // of the server, PEM
}

// NewCertificates makes certificates that are valid for a day.
func NewCertificates(tb testing.TB) *Certificates {
	tb.Helper()
	c, err := newCertificates(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func newCertificates(dir string) (*Certificates, error) {
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority of the test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(0, 0, 1),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	server := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: authority.NotBefore, NotAfter: authority.NotAfter,
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.ParseIP(loopback)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serverKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	root, err := x509.CreateCertificate(rand.Reader, authority, authority, &authorityKey.PublicKey, authorityKey)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.CreateCertificate(rand.Reader, server, authority, &serverKey.PublicKey, authorityKey)
	if err != nil {
		return nil, err
	}
	key, err := x509.MarshalPKCS8PrivateKey(serverKey)
	if err != nil {
		return nil, err
	}
	c := &Certificates{
		AuthorityFile: filepath.Join(dir, "authority.pem"),
		certificate:   pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf}),
		key:           pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
	}
	return c, os.WriteFile(c.AuthorityFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root}), 0o644)
}

// Where a server finds its certificate and its key.
func certificateFile(dir string) string { return filepath.Join(dir, "server.pem") }
func keyFile(dir string) string         { return filepath.Join(dir, "server.key") }

// install writes the server's files.
func (c *Certificates) install(dir string, to *owner) error {
	return errors.Join(to.write(certificateFile(dir), c.certificate), to.write(keyFile(dir), c.key))
}
