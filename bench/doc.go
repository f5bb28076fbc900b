// Package bench measures what a person or a switch waits for, each beside plain
// SQL statements that move the same rows in the same run: what drivers and the
// trap daemon do, on SQLite, and everything that a large fleet is asked, in every
// kind of database; and "clusto serve" under load, beside a bare net/http handler
// that gives the same answers from memory; and DHCP servers side by side. It holds
// benchmarks only: go test -bench . ./bench, with the flags -servers and -databases
// for more than the fleets of a thousand servers that it makes else, and -dhcp-hosts
// for more than a thousand hosts; docs/performance.md has the tables. Package fleet
// below it makes the fleets, package dhcp/hosts the hosts.
package bench
