package main

import (
	"bufio"
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
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
)

// authority is files in PEM: the certificate of an authority that nobody knows, and
// one for 127.0.0.1 that it signed, with its key.
type authority struct{ ca, cert, key string }

// newAuthority makes an authority.
func newAuthority(t *testing.T) authority {
	t.Helper()
	dir := t.TempDir()
	a := authority{filepath.Join(dir, "ca.pem"), filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "clusto tests"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	server := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "127.0.0.1"},
		NotBefore: ca.NotBefore, NotAfter: ca.NotAfter,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	signed, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	check(t, err)
	writePEM(t, a.ca, "CERTIFICATE", signed)
	signed, err = x509.CreateCertificate(rand.Reader, server, ca, &key.PublicKey, caKey)
	check(t, err)
	writePEM(t, a.cert, "CERTIFICATE", signed)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	check(t, err)
	writePEM(t, a.key, "PRIVATE KEY", private)
	return a
}

func writePEM(t *testing.T, path, kind string, content []byte) {
	t.Helper()
	check(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600))
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// config returns a configuration with which the commands trust the authority.
func (a authority) config() string { return "[client]\nca = " + a.ca + "\n" }

// listening is what clusto serve logs when it can be reached.
var listening = regexp.MustCompile(`msg="listening for HTTP" addr=([0-9.:]+) `)

// serve starts clusto serve for a database, until the script ends, and returns its
// address. What it logs is shown if the script fails.
func (a authority) serve(ts *testscript.TestScript, dsn string) string {
	cmd := exec.Command("clusto", "serve", "--dsn", dsn, "--http", "127.0.0.1:0", "--tls-cert", a.cert, "--tls-key", a.key)
	cmd.Dir = ts.Getenv("WORK")
	cmd.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"), "CLUSTOCONFIG="+ts.Getenv("CLUSTOCONFIG"), "CLUSTOLIB="+ts.Getenv("CLUSTOLIB"))
	said, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	address, read := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(read)
		defer close(address)
		for lines := bufio.NewScanner(said); lines.Scan(); {
			ts.Logf("server: %s", lines.Text())
			if m := listening.FindStringSubmatch(lines.Text()); m != nil {
				address <- m[1]
			}
		}
	}()
	ts.Defer(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		<-read
		if err := cmd.Wait(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			ts.Logf("clusto serve: %v", err)
		}
	})
	at, ok := <-address
	if !ok {
		ts.Fatalf("clusto serve does not listen")
	}
	return "https://" + at
}

// newDatabase makes an empty database, with its tables if a server is to serve it.
func newDatabase(tb testing.TB) (dsn string) {
	tb.Helper()
	dsn = dbtest.NewDSN(tb)
	if dbtest.OverHTTPS() {
		if err := dbtest.Create(tb, dsn, sqlstore.Options{}).Close(); err != nil {
			tb.Fatal(err)
		}
	}
	return dsn
}
