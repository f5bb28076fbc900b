// Package client is the Go client of clusto's HTTP API. It has a method for each
// operation of the API, with the types of package api.
//
// [New] makes a client of a server, [Local] one of a handler in this process.
// Methods that read answer with what the server says, or are iterators that
// fetch one page after the other. Methods that change something take a [Change],
// which says why, and whether only to try. What goes wrong is an [*Error] if the
// server says so; every error is one of clusto's kinds where it has one, and
// clusto.Hint tells what to do.
//
// The life of a request: a method has package rest make it, addParams adds its
// parameters, exchange sends it, again where that is safe ([Retry]), open sends it
// once, and refusal, decode or whoever reads a stream takes the answer in.
package client
