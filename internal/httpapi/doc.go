// Package httpapi serves clusto's HTTP API, which api/openapi.yaml describes. New
// returns a Server, whose Handler belongs under the paths that begin with Prefix.
//
// The life of a request: Handler finds the route; server_gen.go reads the
// parameters and calls the method of Server that is called like the operation. A
// method that reads asks its questions in Server.view and answers by
// Server.answer; one that changes something makes a list of operations and
// leaves the rest to Server.change. What goes wrong ends in Server.fail, which knows
// the status of each kind of error.
//
// Who may do what is not decided here: the store of a request shows and changes
// only what its user may (Options.Store).
package httpapi
