// Package classic serves the HTTP API of clusto-apiserver 0.5.2, so that the
// clients of that server go on working unchanged: the paths /entity, /attribute,
// /resourcemanager, /by-name, /by-names, /by-attr, /from-pools and a few that
// tell about the server. It is not the place for anything new.
//
// [New] makes the handler. [API.Register] puts it into a mux beside others; what
// apiserver answered at the root of the server stays with who composes the
// server, see [API.Version], [API.Documentation] and [API.Gone]. As an
// http.Handler of its own an [API] answers those too.
//
// The life of a request: an endpoint of the table in endpoints.go is found by
// the mux; [API.serve] reads the parameters and headers into a call (call.go);
// the endpoint's function answers from one View or Update of the store, in which
// show.go reads all that a list shows in a fixed number of questions; answer.go
// writes that, or the error, as JSON in the form of Python's json module
// (json.go).
package classic
