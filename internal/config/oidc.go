package config

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// OIDC are the keys of the section [http] that begin with oidc_: how people sign
// in by way of an OpenID Connect issuer. Without Issuer they cannot.
type OIDC struct {
	// Issuer is its URL, and ClientID and ClientSecret what it knows us by. A
	// public client has no secret.
	Issuer, ClientID string
	ClientSecret     Secret
	// Redirect is the URL of this server as browsers see it, without a path; the
	// issuer sends them back to /auth/oidc/callback below it.
	Redirect string
	// Scopes are what is asked for besides openid.
	Scopes []string
	// UserClaim and GroupsClaim are the claims that hold the name that a user is
	// to have here, and the groups.
	UserClaim, GroupsClaim string
	// Groups are those of our groups whose members the issuer decides.
	Groups []string
	// MakeUsers has somebody who is not known become a user.
	MakeUsers bool
}

func defaultOIDC() OIDC {
	return OIDC{Scopes: []string{"profile", "email"}, UserClaim: "preferred_username", GroupsClaim: "groups"}
}

// settings returns what can be set in the section [http] about OpenID Connect.
func (o *OIDC) settings() map[string]setter {
	return map[string]setter{
		"oidc_issuer": webAddress(&o.Issuer), "oidc_client_id": text(&o.ClientID),
		"oidc_client_secret": secret(&o.ClientSecret), "oidc_client_secret_file": secretFile(&o.ClientSecret),
		"oidc_redirect": origin(&o.Redirect), "oidc_scopes": list(&o.Scopes, anyWord),
		"oidc_user_claim": text(&o.UserClaim), "oidc_groups_claim": text(&o.GroupsClaim),
		"oidc_groups": list(&o.Groups, anyWord), "oidc_make_users": truth(&o.MakeUsers),
	}
}

// check returns what is missing about OpenID Connect.
func (o *OIDC) check(accounts bool) error {
	switch {
	case o.Issuer == "" && (o.ClientID != "" || o.ClientSecret != "" || o.Redirect != ""):
		return errors.New("[http] oidc_issuer is missing")
	case o.Issuer == "":
		return nil
	case !accounts:
		return errors.New("[http] oidc_issuer needs accounts = on")
	case o.ClientID == "":
		return errors.New("[http] oidc_issuer needs oidc_client_id as well")
	case o.Redirect == "":
		return errors.New("[http] oidc_issuer needs oidc_redirect as well: the address of this server, such as https://clusto.example.com")
	}
	return nil
}

// webAddress stores the URL of a server. It speaks HTTPS, unless it is on this
// machine.
func webAddress(to *string) setter {
	return func(_ *loader, value string) error {
		u, err := url.Parse(value)
		switch {
		case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "",
			u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
			return fmt.Errorf("%q is not an address such as https://id.example.com", value)
		}
		*to = value
		return nil
	}
}

// origin stores the URL of a server without a path.
func origin(to *string) setter {
	return func(ld *loader, value string) error {
		value = strings.TrimSuffix(value, "/")
		if err := webAddress(to)(ld, value); err != nil {
			return err
		}
		if u, _ := url.Parse(value); u.Path != "" {
			return fmt.Errorf("%q has a path; write the address of the server alone", value)
		}
		return nil
	}
}

func isLoopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}
