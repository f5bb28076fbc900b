// Package soak holds one test only: "clusto serve" answers DHCP, traps and the API
// at a time, while the connections to its database are cut off again and again. Then
// nothing that it acknowledged is lost, what it shows from memory is what the
// database has, and it needs no more than in the beginning.
//
//	go test ./bench/soak -timeout 0 -soak 1h
package soak
