//go:build race

package dhcp_test

// most is how many allocations a decision may make: under the race detector
// pools forget at random what they hold.
const most = 20
