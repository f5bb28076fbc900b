package snmp

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// setReadBuffer asks for a receive buffer of n bytes and returns what was
// granted. With CAP_NET_ADMIN it is not limited by net.core.rmem_max.
func setReadBuffer(conn *net.UDPConn, n int) (granted int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	var inner error
	err = raw.Control(func(fd uintptr) {
		inner = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUFFORCE, n)
		if inner != nil {
			inner = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, n)
		}
		if inner == nil {
			granted, inner = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF)
		}
	})
	if err == nil {
		err = inner
	}
	return granted / 2, err // socket(7): the kernel doubles the value for its bookkeeping
}

// socketInode returns the number by which /proc/net names the socket.
func socketInode(conn *net.UDPConn) (inode uint64, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	var stat syscall.Stat_t
	var inner error
	err = raw.Control(func(fd uintptr) { inner = syscall.Fstat(int(fd), &stat) })
	if err == nil {
		err = inner
	}
	return stat.Ino, err
}

// kernelDrops returns how many datagrams the kernel has dropped because the
// socket's receive buffer was full. Unlike SO_RXQ_OVFL, /proc says so without
// another datagram having to come.
func kernelDrops(inode uint64) (uint64, error) {
	for _, table := range []string{"/proc/self/net/udp", "/proc/self/net/udp6"} {
		file, err := os.Open(table)
		if os.IsNotExist(err) {
			continue // no IPv6
		}
		if err != nil {
			return 0, err
		}
		n, found, err := dropsOf(bufio.NewScanner(file), inode)
		file.Close()
		if err != nil || found {
			return n, err
		}
	}
	return 0, fmt.Errorf("socket %d is not in /proc/self/net/udp", inode)
}

// dropsOf returns the last column of the line whose tenth column is inode.
func dropsOf(lines *bufio.Scanner, inode uint64) (n uint64, found bool, err error) {
	want := strconv.FormatUint(inode, 10)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 13 || fields[9] != want {
			continue
		}
		n, err := strconv.ParseUint(fields[12], 10, 64)
		return n, true, err
	}
	return 0, false, lines.Err()
}
