// Package client is the Go client of clusto's HTTP API: generated functions for
// each operation, and a face written by hand.
package client
