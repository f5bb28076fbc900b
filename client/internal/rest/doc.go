// Package rest is what "go generate" makes of the contract of the API for its
// client: a function for each operation that makes its request.
package rest
