// Package bench measures what a person or a switch waits for, on SQLite on
// disk, each beside plain SQL statements that move the same rows in the same
// run. It holds benchmarks only: go test -bench . ./bench
package bench
