// Package signin finds out who sends an HTTP request. [Gate] stands before every
// API: it takes a token, a password, a client certificate or the cookie of a
// session, asks internal/access whose it is, and puts the answer where [Subject]
// finds it. Who shows nothing good is answered 401. [OIDC] signs people in by way
// of an OpenID Connect issuer. The package decides nothing about what somebody
// may do.
//
// The life of a request: Gate.Handler refuses what a page of another site has a
// browser send; credentialOf picks the one credential that counts; Gate.verify
// has it checked; a request that changes something by a cookie must repeat the
// session's secret; then the next handler is called.
package signin
