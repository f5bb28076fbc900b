//go:build !race

package httpapi_test

// manyServers is how many the statement counts are taken of.
const manyServers = 1000
