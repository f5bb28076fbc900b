//go:build !linux

package snmp

import (
	"errors"
	"net"
)

// setReadBuffer asks for a receive buffer of n bytes. What was granted is not known.
func setReadBuffer(conn *net.UDPConn, n int) (granted int, err error) {
	return n, conn.SetReadBuffer(n)
}

// socketInode is zero: sockets have no number here.
func socketInode(*net.UDPConn) (uint64, error) { return 0, nil }

// kernelDrops is not known here.
func kernelDrops(uint64) (uint64, error) { return 0, errors.ErrUnsupported }
