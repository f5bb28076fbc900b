//go:build !race

package dhcp_test

// most is how many allocations a decision may make.
const most = 0
