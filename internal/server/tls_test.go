package server_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/server"
)

// certificate writes a certificate for 127.0.0.1 that signs itself, and its key.
func certificate(t *testing.T, files server.TLSFiles, name string) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{files.Cert: {Type: "CERTIFICATE", Bytes: der}, files.Key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func tlsFiles(t *testing.T) server.TLSFiles {
	dir := t.TempDir()
	return server.TLSFiles{Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}
}

// TestTLS uses a new certificate when the files change, and the old one when
// what they hold is no certificate.
func TestTLS(t *testing.T) {
	files := tlsFiles(t)
	roots := x509.NewCertPool()
	roots.AddCert(certificate(t, files, "old"))
	s := serve(t, server.Options{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, r.Proto)
			for _, cert := range r.TLS.PeerCertificates {
				_, _ = io.WriteString(w, " "+cert.Subject.CommonName)
			}
		}),
		Settings: server.Settings{TLS: files},
	})
	ask := func(clients ...tls.Certificate) (server, body string) {
		t.Helper()
		client := &http.Client{Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: clients}, ForceAttemptHTTP2: true, DisableKeepAlives: true}}
		resp, err := client.Get(s.url)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		return resp.TLS.PeerCertificates[0].Subject.CommonName, string(text)
	}
	awaits := func(want string) {
		t.Helper()
		for giveUp := time.Now().Add(patience); ; {
			if name, _ := ask(); name == want {
				return
			} else if time.Now().After(giveUp) {
				t.Fatalf("the certificate is that of %s, want %s", name, want)
			}
		}
	}
	if name, proto := ask(); name != "old" || proto != "HTTP/2.0" {
		t.Errorf("certificate of %s, %s", name, proto)
	}
	roots.AddCert(certificate(t, files, "new"))
	awaits("new")
	if err := os.WriteFile(files.Cert, []byte("half a certific"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Reload(server.Settings{TLS: files}); !errors.Is(err, clusto.ErrInvalid) {
		t.Errorf("Reload with half a certificate: %v, want ErrInvalid", err)
	}
	awaits("new")

	// Clients may show certificates of an authority, and need not.
	roots.AddCert(certificate(t, files, "newer"))
	clientFiles := tlsFiles(t)
	certificate(t, clientFiles, "ann")
	files.ClientCA = clientFiles.Cert
	if err := s.Reload(server.Settings{TLS: files, StopTimeout: patience}); err != nil {
		t.Fatal(err)
	}
	ann, err := tls.LoadX509KeyPair(clientFiles.Cert, clientFiles.Key)
	if err != nil {
		t.Fatal(err)
	}
	if _, body := ask(ann); body != "HTTP/2.0 ann" {
		t.Errorf("with a client's certificate: %s", body)
	}
	if name, body := ask(); name != "newer" || body != "HTTP/2.0" {
		t.Errorf("without a client's certificate: %s, %s", name, body)
	}
}

// TestTLSFiles refuses files that cannot be used, and says which.
func TestTLSFiles(t *testing.T) {
	good, other := tlsFiles(t), tlsFiles(t)
	certificate(t, good, "good")
	certificate(t, other, "other")
	for name, tc := range map[string]struct {
		files server.TLSFiles
		kind  error
	}{
		"missing":   {server.TLSFiles{Cert: good.Cert, Key: good.Key + "x"}, clusto.ErrUnavailable},
		"mixed":     {server.TLSFiles{Cert: good.Cert, Key: other.Key}, clusto.ErrInvalid},
		"authority": {server.TLSFiles{Cert: good.Cert, Key: good.Key, ClientCA: good.Key}, clusto.ErrInvalid},
	} {
		if _, err := server.New(server.Options{Handler: http.NotFoundHandler(), Settings: server.Settings{TLS: tc.files}}); !errors.Is(err, tc.kind) {
			t.Errorf("%s: %v, want %v", name, err, tc.kind)
		}
	}
}
