package netns

import (
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ethtoolValue is what the kernel takes for a setting of a card: see ethtool.h.
type ethtoolValue struct{ command, value uint32 }

// setTransmitChecksum is the command that tells who makes checksums.
const setTransmitChecksum = 0x17

// request is what ioctl(2) takes for the name of an interface and a pointer.
type request struct {
	name [unix.IFNAMSIZ]byte
	data unsafe.Pointer
	_    [16]byte
}

// finishChecksums has the kernel make the checksums of what an interface sends.
func finishChecksums(name string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	off := &ethtoolValue{command: setTransmitChecksum}
	r := &request{data: unsafe.Pointer(off)}
	copy(r.name[:unix.IFNAMSIZ-1], name)
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(r)))
	runtime.KeepAlive(off)
	if errno != 0 {
		return fmt.Errorf("switch the checksums of %s off: %w", name, errno)
	}
	return nil
}
