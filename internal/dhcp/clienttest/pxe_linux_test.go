package clienttest

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto/internal/netns"
	"github.com/clusto/clusto/internal/testenv"
)

// bootSector is a program for a machine that has just been switched on: it writes
// what is behind it, up to a zero, to the serial port, and switches the machine off
// by a device that qemu has for that.
var bootSector = []byte{
	0x31, 0xc0, // xor ax, ax
	0x8e, 0xd8, // mov ds, ax
	0xfc,             // cld
	0xbe, 0x1a, 0x7c, // mov si, 0x7c1a: the text
	0xac,       // next: lodsb
	0x84, 0xc0, // test al, al
	0x74, 0x06, // jz end
	0xba, 0xf8, 0x03, // mov dx, 0x3f8: the serial port
	0xee,       // out dx, al
	0xeb, 0xf5, // jmp next
	0xba, 0xf4, 0x00, // end: mov dx, 0xf4: the switch
	0xee,       // out dx, al
	0xf4,       // stop: hlt
	0xeb, 0xfd, // jmp stop
}

// booted is what the boot sector writes.
const booted = "booted by way of clusto"

// TestPXE switches a machine on whose card boots from the network: it gets its
// address and the name of its boot file from the server, the file by TFTP, and runs
// it.
func TestPXE(t *testing.T) {
	t.Parallel()
	testenv.Require(t, "netns", "ip", "qemu-system-x86_64", "ipxe")
	l := newLab(t)
	h := host{lan, 15}
	c := l.join(t, l.server, h)
	files := serveTFTP(t, l.server, bootFile, append(bootSector, booted+"\x00"...))
	const tap = "tap0"
	err := c.space.IP(
		"link set "+nic+" address 02:99:00:00:00:02", // the machine has its own
		"link add name "+bridge+" type bridge", "link set "+nic+" master "+bridge, "link set "+bridge+" up",
		"tuntap add dev "+tap+" mode tap", "link set "+tap+" master "+bridge, "link set "+tap+" up")
	if err != nil {
		t.Fatal(err)
	}
	serial := filepath.Join(c.dir, "serial")
	machine, stop := c.start("qemu-system-x86_64", "-machine", "pc,accel=tcg", "-m", "64", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
		"-device", "isa-debug-exit,iobase=0xf4,iosize=0x04", "-serial", "file:"+serial,
		"-netdev", "tap,id=net,ifname="+tap+",script=no,downscript=no", "-device", "virtio-net-pci,netdev=net,bootindex=0,mac="+h.mac())
	defer stop()
	c.awaitEnd(machine)
	text, err := os.ReadFile(serial)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(text, []byte(booted)) {
		t.Errorf("the machine wrote %q, want %q", text, booted)
	}
	if got, want := files(), h.addr()+" "+bootFile; got != want {
		t.Errorf("asked for files: %q, want %q", got, want)
	}
	l.alive()
}

// awaitEnd waits until the machine has switched itself off.
func (c *client) awaitEnd(machine *exec.Cmd) {
	c.Helper()
	const patience = 45 * time.Second
	tooLate := time.AfterFunc(patience, func() { _ = machine.Process.Kill() })
	_ = machine.Wait() // the switch has a status of its own
	if !tooLate.Stop() {
		c.Errorf("the machine has not booted within %v", patience)
	}
}

// serveTFTP serves one file of less than a block, RFC 1350, in a space until the
// test ends. It returns a function that ends it and tells who asked for what.
func serveTFTP(t *testing.T, s *netns.Space, name string, file []byte) (asked func() string) {
	t.Helper()
	var conn net.PacketConn
	err := s.Do(func() (err error) {
		conn, err = net.ListenPacket("udp4", serverAddr+":69")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	result := make(chan string, 1)
	go func() {
		var all []string
		defer func() { result <- strings.Join(all, ", ") }()
		packet := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(packet)
			if err != nil {
				return
			}
			const readRequest = "\x00\x01"
			path, wanted := strings.CutPrefix(string(packet[:n]), readRequest)
			if !wanted {
				continue // the block was received
			}
			path, _, _ = strings.Cut(path, "\x00")
			all = append(all, from.(*net.UDPAddr).IP.String()+" "+path)
			answer := append([]byte{0, 3, 0, 1}, file...) // the first block and the last
			if path != name {
				answer = append([]byte{0, 5, 0, 1}, "no such file\x00"...)
			}
			_, _ = conn.WriteTo(answer, from) // who asked asks again
		}
	}()
	return func() string {
		conn.Close()
		return <-result
	}
}
