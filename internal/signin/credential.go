package signin

import (
	"crypto/x509"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/clusto/clusto/internal/access"
)

// kind is how somebody shows who they are.
type kind int

const (
	byNothing kind = iota
	byToken
	byPassword
	byCertificate
	byCookie
)

// credential is what somebody shows.
type credential struct {
	kind         kind
	user, secret string
	certificate  *x509.Certificate
}

// The errors of who shows nothing, or nothing that can be read.
var (
	errNothing    = errors.New("sign in first")
	errUnreadable = errors.New("the Authorization header cannot be read")
)

// credentialOf returns the credential of r that counts: the header Authorization,
// else a client certificate, else a cookie. One that is wrong is not made good by
// another: who names somebody wants to be that somebody.
func credentialOf(r *http.Request) (credential, error) {
	if headers := r.Header.Values("Authorization"); len(headers) > 0 {
		if len(headers) > 1 {
			return credential{}, errUnreadable
		}
		return authorization(headers[0])
	}
	if r.TLS != nil && len(r.TLS.VerifiedChains) > 0 {
		return credential{kind: byCertificate, certificate: r.TLS.VerifiedChains[0][0]}, nil
	}
	if c, err := r.Cookie(CookieName); err == nil && c.Value != "" {
		return credential{kind: byCookie, secret: c.Value}, nil
	}
	return credential{}, nil
}

// authorization reads the header Authorization. In Basic a token may stand for
// the password, for programs that know nothing else; the user's name does not
// count then.
func authorization(header string) (credential, error) {
	scheme, rest, _ := strings.Cut(header, " ")
	rest = strings.Trim(rest, " ")
	switch {
	case rest == "":
	case strings.EqualFold(scheme, "Bearer"):
		return credential{kind: byToken, secret: rest}, nil
	case strings.EqualFold(scheme, "Basic"):
		text, err := base64.StdEncoding.DecodeString(rest)
		user, secret, both := strings.Cut(string(text), ":")
		if err != nil || !both || !utf8.Valid(text) {
			break
		}
		if strings.HasPrefix(secret, access.TokenPrefix) {
			return credential{kind: byToken, secret: secret}, nil
		}
		return credential{kind: byPassword, user: user, secret: secret}, nil
	}
	return credential{}, errUnreadable
}
