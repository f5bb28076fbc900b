package config

import (
	"fmt"
	"maps"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Off is the word that switches a part of "clusto serve" off.
const Off = "off"

// Serve is the section [serve]: what "clusto serve" does besides HTTP.
type Serve struct {
	// SNMPTrap is HOST:PORT to receive traps on, or Off. The section
	// [snmptrapd] says the rest.
	SNMPTrap string
	// DHCP has each HOST:PORT to answer DHCPv4 on, and DHCP6 each to answer DHCPv6
	// on; none if that is off. The section [dhcpd] says the rest.
	DHCP, DHCP6 []string
}

// HTTP is the section [http].
type HTTP struct {
	// Listen has HOST:PORT and unix:PATH to listen on. None means that HTTP is off.
	Listen []string
	// TLSCert and TLSKey are files in PEM, and ClientCA one with the authorities
	// that sign clients' certificates. Empty means none.
	TLSCert, TLSKey, ClientCA string
	// Accounts says whether who asks must sign in.
	Accounts bool
	// Insecure is InsecureWord if everybody on the network may listen and
	// change whatever they like.
	Insecure string
	// Pages says whether the web pages are served.
	Pages bool

	// MaxHeader and MaxBody bound a request, in bytes.
	MaxHeader, MaxBody int
	// How long may take: all headers of a request; its body; the next piece of
	// an answer to be taken; all of a request; the time between two requests
	// of a connection; and, when the server is stopped, what is under way.
	HeaderTimeout, ReadTimeout, WriteTimeout, RequestTimeout, IdleTimeout, StopTimeout time.Duration
	// RateAddress and RateUser are how many requests a second an address and a
	// user may make. Zero means any number.
	RateAddress, RateUser int

	// TrustedProxies are believed what X-Forwarded-For says.
	TrustedProxies []Network
	// MetricsFrom may read the metrics.
	MetricsFrom []Network
	// SecretKeys are patterns of the keys of attributes that are secret. Nil
	// means those that are secret unless something else is said, and empty none.
	SecretKeys []string
	// Read is ReadAll if everybody who has signed in may read everything that is
	// not secret, and ReadGranted if they see what they have a grant for.
	Read string
	// SessionLife is how long somebody is signed in who did so with a browser.
	SessionLife time.Duration
	// OIDC is how people sign in by way of an issuer.
	OIDC OIDC
}

// The values of [http] read.
const (
	ReadAll     = "all"
	ReadGranted = "granted"
)

// InsecureWord is the value of [http] insecure that allows an open listener
// without accounts and TLS.
const InsecureWord = "yes-i-know"

// Network is where a connection may come from: a network, or if Unix a Unix
// socket of this machine.
type Network struct {
	netip.Prefix
	Unix bool
}

// Text returns the network as it is written in the file.
func (n Network) Text() string {
	if n.Unix {
		return unixWord
	}
	return n.Prefix.String()
}

const unixWord = "unix"

// DefaultHTTP is where HTTP is listened for unless something else is said.
const DefaultHTTP = "127.0.0.1:9664"

func defaultHTTP() HTTP {
	return HTTP{
		Listen:    []string{DefaultHTTP},
		Pages:     true,
		MaxHeader: 64 << 10, MaxBody: 32 << 20,
		HeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute,
		RequestTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute, StopTimeout: 30 * time.Second,
		RateAddress: 1000, RateUser: 1000,
		MetricsFrom: []Network{{Prefix: netip.MustParsePrefix("127.0.0.0/8")}, {Prefix: netip.MustParsePrefix("::1/128")}, {Unix: true}},
		Read:        ReadAll, SessionLife: 12 * time.Hour, OIDC: defaultOIDC(),
	}
}

// settings returns what can be set in the section [http].
func (h *HTTP) settings() map[string]setter {
	all := map[string]setter{
		"listen":   listens(&h.Listen),
		"tls_cert": file(&h.TLSCert), "tls_key": file(&h.TLSKey), "client_ca": file(&h.ClientCA),
		"pages": truth(&h.Pages), "accounts": truth(&h.Accounts), "insecure": oneOf(&h.Insecure, "no", InsecureWord),
		"max_header": size(&h.MaxHeader), "max_body": size(&h.MaxBody),
		"header_timeout": duration(&h.HeaderTimeout), "read_timeout": duration(&h.ReadTimeout),
		"write_timeout": duration(&h.WriteTimeout), "request_timeout": duration(&h.RequestTimeout),
		"idle_timeout": duration(&h.IdleTimeout), "stop_timeout": duration(&h.StopTimeout),
		"rate_address": perSecond(&h.RateAddress), "rate_user": perSecond(&h.RateUser),
		"trusted_proxies": networks(&h.TrustedProxies), "metrics_from": networks(&h.MetricsFrom),
		"secret_keys": listOrNone(&h.SecretKeys),
		"read":        oneOf(&h.Read, ReadAll, ReadGranted), "session_life": duration(&h.SessionLife),
	}
	maps.Copy(all, h.OIDC.settings())
	return all
}

// Check returns what is missing in the section.
func (h *HTTP) Check() error {
	switch {
	case h.TLSCert != "" && h.TLSKey == "":
		return fmt.Errorf("[http] tls_cert needs tls_key as well")
	case h.TLSKey != "" && h.TLSCert == "":
		return fmt.Errorf("[http] tls_key needs tls_cert as well")
	case h.ClientCA != "" && h.TLSCert == "":
		return fmt.Errorf("[http] client_ca needs tls_cert and tls_key as well")
	}
	return h.OIDC.check(h.Accounts)
}

// listOrNone stores words, or none for the word none.
func listOrNone(to *[]string) setter {
	return func(ld *loader, value string) error {
		if strings.EqualFold(value, "none") {
			*to = []string{}
			return nil
		}
		return list(to, anyWord)(ld, value)
	}
}

// listens stores addresses to listen on, or none for Off.
func listens(to *[]string) setter {
	return func(ld *loader, value string) error {
		if strings.EqualFold(value, Off) {
			*to = nil
			return nil
		}
		return list(to, listen)(ld, value)
	}
}

// listen checks HOST:PORT or unix:PATH.
func listen(word string) (string, error) {
	if path, ok := strings.CutPrefix(word, unixWord+":"); ok {
		if !filepath.IsAbs(path) {
			return "", fmt.Errorf("%q is not unix: and an absolute path, such as unix:/run/clusto/http.sock", word)
		}
		return word, nil
	}
	var addr string
	if hostPort(&addr)(nil, word) != nil {
		return "", fmt.Errorf("%q is neither HOST:PORT, such as %s, nor unix:PATH, nor %s", word, DefaultHTTP, Off)
	}
	return addr, nil
}

// settings returns what can be set in the section [serve].
func (s *Serve) settings() map[string]setter {
	return map[string]setter{
		"snmptrap": hostPortOrOff(&s.SNMPTrap),
		"dhcp":     hostPortsOrOff(&s.DHCP, DefaultDHCP), "dhcp6": hostPortsOrOff(&s.DHCP6, DefaultDHCP6),
	}
}

// hostPortOrOff stores HOST:PORT, or Off.
func hostPortOrOff(to *string) setter {
	return func(ld *loader, value string) error {
		if strings.EqualFold(value, Off) {
			*to = Off
			return nil
		}
		if hostPort(to)(ld, value) != nil {
			return fmt.Errorf("%q is neither HOST:PORT, such as 0.0.0.0:162, nor %s", value, Off)
		}
		return nil
	}
}

// file stores the path of a file, which is relative to the configuration file.
func file(to *string) setter {
	return func(ld *loader, value string) error {
		if ld.file != nil && !filepath.IsAbs(value) {
			value = filepath.Join(filepath.Dir(ld.file.path), value)
		}
		*to = value
		return nil
	}
}

// perSecond stores a number of requests a second, 0 for Off.
func perSecond(to *int) setter {
	return func(_ *loader, value string) error {
		n, err := strconv.ParseInt(value, 10, 31)
		switch {
		case strings.EqualFold(value, Off):
			n = 0
		case err != nil || n < 1:
			return fmt.Errorf("%q is neither a number of requests a second nor %s", value, Off)
		}
		*to = int(n)
		return nil
	}
}

// networks stores networks, addresses and the word unix.
func networks(to *[]Network) setter {
	return func(_ *loader, value string) error {
		var all []Network
		for _, word := range split(value) {
			n, err := network(word)
			if err != nil {
				return err
			}
			all = append(all, n)
		}
		*to = slices.Clip(all)
		return nil
	}
}

func network(word string) (Network, error) {
	if strings.EqualFold(word, unixWord) {
		return Network{Unix: true}, nil
	}
	if addr, err := netip.ParseAddr(word); err == nil && addr.Zone() == "" {
		return Network{Prefix: netip.PrefixFrom(addr, addr.BitLen())}, nil
	}
	p, err := netip.ParsePrefix(word)
	if err != nil {
		return Network{}, fmt.Errorf("%q is not a network such as 192.0.2.0/24, an address, or %s", word, unixWord)
	}
	return Network{Prefix: p.Masked()}, nil
}
