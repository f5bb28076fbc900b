// Package clienttest holds tests only: real DHCP clients, a real relay and a machine
// that boots by PXE get what they need from "clusto dhcpd", each on a network of its
// own that the tests make. They need root, and the Debian packages that .ci/packages
// names.
package clienttest
