// Package server is the edge of the HTTP service: everything between a socket
// and the handler that answers. It knows nothing of clusto's inventory.
//
// [Inherit] finds the sockets that a service manager or the process before this
// one has left open, [Sockets.Listen] opens the others, [New] makes the server of
// them, [Server.Run] serves until its context ends. [Sockets.HandOver] starts a new
// process with the sockets of this one, so that a restart loses no request.
//
// The life of a request: Server.ServeHTTP gives it an identity (request.go) and
// a response that counts and keeps time limits (response.go); finish logs and
// counts it (log.go, metrics.go), recovered answers for a handler that panics
// (recover.go), limited refuses what is too much (limit.go, rate.go), sameSite
// what pages of other sites have a browser ask for (origin.go), compressed compresses
// (compress.go), and the mux calls the handler or what is in health.go.
// An answer of the type text/event-stream has no limit of time, is not
// compressed, and has its request's context ended when the server stops.
package server
