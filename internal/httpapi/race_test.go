//go:build race

package httpapi_test

// manyServers is how many the statement counts are taken of: with the race detector
// fewer, for the database engine is fifty times as slow with it.
const manyServers = 100
