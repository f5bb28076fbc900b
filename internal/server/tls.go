package server

import (
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/clusto/clusto"
)

// TLSFiles are files in PEM: a certificate with those of the authorities between
// it and a root, its key, and the authorities that sign clients' certificates.
// Without Cert there is no TLS, without ClientCA clients are asked for none.
type TLSFiles struct{ Cert, Key, ClientCA string }

// lookAtFiles is how often it is looked, at most, whether the files have changed.
const lookAtFiles = time.Second

// certificates are what TLS is spoken with. The files are looked at when
// somebody connects, so that a renewed certificate needs no restart.
type certificates struct {
	log *slog.Logger

	mu      sync.Mutex // guards what follows
	files   TLSFiles
	seen    []os.FileInfo // of the files, when they were read last
	looked  time.Time
	current *tls.Config
}

func newCertificates(files TLSFiles, log *slog.Logger) (*certificates, error) {
	c := &certificates{log: log}
	return c, c.use(files)
}

// protocols are what is spoken inside TLS.
func (c *certificates) protocols() []string { return []string{"h2", "http/1.1"} }

// use reads files, and uses them from now on. If they cannot be used nothing
// changes.
func (c *certificates) use(files TLSFiles) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.read(files)
}

// read is use for who holds the lock.
func (c *certificates) read(files TLSFiles) error {
	seen, err := files.stat()
	if err != nil {
		return err
	}
	config, err := files.config(c.protocols())
	if err != nil {
		return err
	}
	c.files, c.seen, c.looked, c.current = files, seen, time.Now(), config
	return nil
}

// config returns what to speak TLS with. Files that have changed are read; if
// that fails, as when they are only half written, the log says so and what was
// read before is used on.
func (c *certificates) config(*tls.ClientHelloInfo) (*tls.Config, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.looked) < lookAtFiles {
		return c.current, nil
	}
	c.looked = time.Now()
	seen, err := c.files.stat()
	if err == nil && slices.EqualFunc(seen, c.seen, unchanged) {
		return c.current, nil
	}
	if err == nil {
		err = c.read(c.files)
	}
	if err != nil {
		c.log.Error("the certificate cannot be read anew; the old one is used on", "file", c.files.Cert, "err", err)
	} else {
		c.log.Info("the certificate was read anew", "file", c.files.Cert, "until", c.current.Certificates[0].Leaf.NotAfter)
	}
	return c.current, nil
}

// ends returns when the certificate ends, in seconds since 1970.
func (c *certificates) ends() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return float64(c.current.Certificates[0].Leaf.NotAfter.Unix())
}

func unchanged(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// stat returns what the directory says about the files.
func (f TLSFiles) stat() ([]os.FileInfo, error) {
	var infos []os.FileInfo
	for _, path := range []string{f.Cert, f.Key, f.ClientCA} {
		if path == "" {
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, clusto.WithHint(clusto.Errorf(clusto.ErrUnavailable, "TLS: %w", err),
				"[http] tls_cert, tls_key and client_ca name the files; whoever runs clusto must be able to read them")
		}
		infos = append(infos, info)
	}
	return infos, nil
}

// config reads the files.
func (f TLSFiles) config(protocols []string) (*tls.Config, error) {
	cert, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		return nil, clusto.Errorf(clusto.ErrInvalid, "TLS: %s and %s: %w", f.Cert, f.Key, err)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: protocols, Certificates: []tls.Certificate{cert}}
	if f.ClientCA == "" {
		return config, nil
	}
	authorities, err := os.ReadFile(f.ClientCA)
	if err != nil {
		return nil, clusto.Errorf(clusto.ErrUnavailable, "TLS: %w", err)
	}
	config.ClientCAs = x509.NewCertPool()
	if !config.ClientCAs.AppendCertsFromPEM(authorities) {
		return nil, clusto.Errorf(clusto.ErrInvalid, "TLS: %s has no certificate in PEM", f.ClientCA)
	}
	config.ClientAuth = tls.VerifyClientCertIfGiven
	return config, nil
}
