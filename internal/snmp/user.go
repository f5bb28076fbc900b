package snmp

import (
	"crypto"
	"fmt"
	"log/slog"

	// The hashes of RFC 3414 and RFC 7860, for crypto.Hash.New.
	_ "crypto/md5"
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha512"

	"github.com/gosnmp/gosnmp"
)

// AuthProtocol says how the messages of a v3 user are authenticated.
type AuthProtocol string

// The authentication protocols (RFC 3414 section 6 and 7, RFC 7860). The zero
// value means NoAuth.
const (
	NoAuth AuthProtocol = "none"
	MD5    AuthProtocol = "md5"
	SHA    AuthProtocol = "sha"
	SHA224 AuthProtocol = "sha224"
	SHA256 AuthProtocol = "sha256"
	SHA384 AuthProtocol = "sha384"
	SHA512 AuthProtocol = "sha512"
)

// PrivProtocol says how the messages of a v3 user are encrypted.
type PrivProtocol string

// The privacy protocols (RFC 3414 section 8, RFC 3826). The zero value means
// NoPriv. For keys over 128 bits two ways to lengthen a password's hash are in
// use: AES192 and AES256 are those of net-snmp and most others
// (draft-blumenthal-aes-usm-04), AES192C and AES256C those of Cisco
// (draft-reeder-snmpv3-usm-3desede-00).
const (
	NoPriv  PrivProtocol = "none"
	DES     PrivProtocol = "des"
	AES     PrivProtocol = "aes"
	AES192  PrivProtocol = "aes192"
	AES256  PrivProtocol = "aes256"
	AES192C PrivProtocol = "aes192c"
	AES256C PrivProtocol = "aes256c"
)

// minPassword is the shortest password that RFC 3414 section 11.2 allows.
const minPassword = 8

// User is a user of the User-based Security Model of SNMPv3. Messages of the
// user must be authenticated and encrypted as it says: more is impossible,
// less is refused.
type User struct {
	Name         string
	Auth         AuthProtocol
	AuthPassword string
	Priv         PrivProtocol
	PrivPassword string
}

// String returns the user without the passwords.
func (u User) String() string {
	auth, priv := u.Auth, u.Priv
	if auth == "" {
		auth = NoAuth
	}
	if priv == "" {
		priv = NoPriv
	}
	return fmt.Sprintf("%s (auth %s, priv %s)", u.Name, auth, priv)
}

// GoString is String, so that %#v does not print passwords either.
func (u User) GoString() string { return u.String() }

// LogValue is String, for log/slog.
func (u User) LogValue() slog.Value { return slog.StringValue(u.String()) }

// hash describes an authentication protocol.
type hash struct {
	gosnmp gosnmp.SnmpV3AuthProtocol
	crypto crypto.Hash
	octets int // that are sent of the digest
}

// hashOf returns the description of an authentication protocol.
func hashOf(a AuthProtocol) (hash, bool) {
	switch a {
	case "", NoAuth:
		return hash{gosnmp: gosnmp.NoAuth}, true
	case MD5:
		return hash{gosnmp.MD5, crypto.MD5, 12}, true
	case SHA:
		return hash{gosnmp.SHA, crypto.SHA1, 12}, true
	case SHA224:
		return hash{gosnmp.SHA224, crypto.SHA224, 16}, true
	case SHA256:
		return hash{gosnmp.SHA256, crypto.SHA256, 24}, true
	case SHA384:
		return hash{gosnmp.SHA384, crypto.SHA384, 32}, true
	case SHA512:
		return hash{gosnmp.SHA512, crypto.SHA512, 48}, true
	}
	return hash{}, false
}

// cipherOf returns gosnmp's name of a privacy protocol.
func cipherOf(p PrivProtocol) (gosnmp.SnmpV3PrivProtocol, bool) {
	switch p {
	case "", NoPriv:
		return gosnmp.NoPriv, true
	case DES:
		return gosnmp.DES, true
	case AES:
		return gosnmp.AES, true
	case AES192:
		return gosnmp.AES192, true
	case AES256:
		return gosnmp.AES256, true
	case AES192C:
		return gosnmp.AES192C, true
	case AES256C:
		return gosnmp.AES256C, true
	}
	return 0, false
}

// level returns the security level that the user's messages must have.
func (u User) level() gosnmp.SnmpV3MsgFlags {
	switch {
	case u.Priv != "" && u.Priv != NoPriv:
		return gosnmp.AuthPriv
	case u.Auth != "" && u.Auth != NoAuth:
		return gosnmp.AuthNoPriv
	}
	return gosnmp.NoAuthNoPriv
}

// check returns an error that says what is wrong with the user.
func (u User) check() error {
	if u.Name == "" || len(u.Name) > 32 {
		return fmt.Errorf("SNMPv3 user %q: a name has 1 to 32 octets", u.Name)
	}
	if _, ok := hashOf(u.Auth); !ok {
		return fmt.Errorf("SNMPv3 user %s: unknown authentication protocol %q", u.Name, u.Auth)
	}
	if _, ok := cipherOf(u.Priv); !ok {
		return fmt.Errorf("SNMPv3 user %s: unknown privacy protocol %q", u.Name, u.Priv)
	}
	auth := u.Auth != "" && u.Auth != NoAuth
	priv := u.Priv != "" && u.Priv != NoPriv
	switch {
	case priv && !auth:
		return fmt.Errorf("SNMPv3 user %s: privacy (%s) needs an authentication protocol as well", u.Name, u.Priv)
	case auth && len(u.AuthPassword) < minPassword:
		return fmt.Errorf("SNMPv3 user %s: the authentication password has %d octets; it needs at least %d", u.Name, len(u.AuthPassword), minPassword)
	case priv && len(u.PrivPassword) < minPassword:
		return fmt.Errorf("SNMPv3 user %s: the privacy password has %d octets; it needs at least %d", u.Name, len(u.PrivPassword), minPassword)
	}
	return nil
}

// params returns gosnmp's form of the user at one engine, with keys. With
// authOnly it leaves out the privacy key, which can be costly to make.
func (u User) params(engineID string, authOnly bool) (*gosnmp.UsmSecurityParameters, error) {
	h, _ := hashOf(u.Auth)
	c, _ := cipherOf(u.Priv)
	if authOnly {
		c = gosnmp.NoPriv
	}
	p := &gosnmp.UsmSecurityParameters{
		UserName:                 u.Name,
		AuthoritativeEngineID:    engineID,
		AuthenticationProtocol:   h.gosnmp,
		AuthenticationPassphrase: u.AuthPassword,
		PrivacyProtocol:          c,
		PrivacyPassphrase:        u.PrivPassword,
	}
	if err := p.InitSecurityKeys(); err != nil {
		return nil, fmt.Errorf("keys of SNMPv3 user %s: %w", u.Name, err)
	}
	return p, nil
}
