// Package access says who may do what, and sees to it.
//
// [Accounts] are users, groups, tokens and grants, kept by the store.
// [Authenticator] finds out who somebody is, by password, token, client
// certificate, session or the word of an OpenID Connect issuer, and returns a
// [Subject]. [Wrap] gives that subject a store that shows and changes only what
// its grants permit; a [Grant] is one line, such as "write attr/* in pool web".
// What is not in the store is asked for with [MayAct], [MayScript] and
// [MayAdmin]; [Can] explains.
//
// The life of a request: Authenticator.Token reads token, user, groups and
// grants, or knows them since less than a second. Wrap costs nothing. Each View
// and Update of the wrapped store asks whether the subject may still sign in,
// and gives the function a reader or a transaction that asks the subject's
// rights before it answers or changes anything. Grants name containers, so it
// looks up what a thing is in, in a number of statements that does not depend on
// how many things there are, and remembers it for the transaction.
//
// The package knows nothing of HTTP and of configuration.
package access
