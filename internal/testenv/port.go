package testenv

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
)

// FreePort returns a port of 127.0.0.1 that nobody uses, for TCP and UDP. It lies
// below those that systems give to clients, so that it stays free until a server
// takes it, and while it restarts.
func FreePort() (int, error) { return binary.freePort() }

func (h *home) freePort() (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ports == nil {
		h.ports = map[int]bool{}
	}
	for range 100 {
		port := 20000 + rand.IntN(10000)
		if h.ports[port] {
			continue
		}
		if !isFree(port) {
			continue
		}
		h.ports[port] = true
		return port, nil
	}
	return 0, errors.New("none of 100 ports of " + loopback + " is free")
}

func isFree(port int) bool {
	l, err := net.Listen("tcp", address(port))
	if err != nil {
		return false
	}
	defer l.Close()
	conn, err := net.ListenPacket("udp", address(port))
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// loopback is the address that servers listen on.
const loopback = "127.0.0.1"

func address(port int) string { return net.JoinHostPort(loopback, strconv.Itoa(port)) }
