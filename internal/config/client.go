package config

import "fmt"

// Client is the section [client]: how the commands reach a server, where the DSN
// is its address.
type Client struct {
	// Token says who asks. It is one that "clusto token create" made.
	Token Secret
	// CA is a file of certificates, in PEM, of which one must have signed the
	// server's. Empty means those that the system trusts.
	CA string
	// Cert and Key are the files of a client certificate.
	Cert, Key string
}

// settings returns what can be set in the section [client].
func (c *Client) settings() map[string]setter {
	return map[string]setter{
		"token": secret(&c.Token), "token_file": secretFile(&c.Token),
		"ca": file(&c.CA), "cert": file(&c.Cert), "key": file(&c.Key),
	}
}

// check returns what is missing in the section.
func (c *Client) check() error {
	if (c.Cert == "") != (c.Key == "") {
		return fmt.Errorf("[client] cert and key go together")
	}
	return nil
}
