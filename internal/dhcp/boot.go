package dhcp

import (
	"bytes"
	"context"
	"net/netip"
	"strings"
)

// bootNames are what people call the file that a client boots.
var bootNames = []string{"filename", "bootfile-name", "bootfile", "boot-file", "boot-file-name", "tftp-filename", "file"}

// archNames are names of what a client's firmware runs on; after the name by
// which clusto has it come others.
var archNames = [][]string{
	{"bios", "pc", "x86"},
	{"efi", "uefi"}, // of any kind
	{"efi32", "uefi32", "ia32"},
	{"efi64", "uefi64", "efi-x64", "x64", "x86-64", "amd64"},
	{"arm32", "arm"},
	{"arm64", "aarch64"},
	{"riscv32"},
	{"riscv64"},
	{"loongarch64"},
}

// Indexes of archNames.
const (
	archBIOS = iota
	archEFI
	archEFI32
	archEFI64
	archARM32
	archARM64
	archRISCV32
	archRISCV64
	archLoongArch64
	archCount
)

// arches are the types of firmware (option 93; RFC 4578 and the register of
// processor architecture types) as indexes of archNames.
var arches = map[uint16]int{
	0: archBIOS, 6: archEFI32, 7: archEFI64, 9: archEFI64, 10: archARM32, 11: archARM64,
	15: archEFI32, 16: archEFI64, 18: archARM32, 19: archARM64, 20: archBIOS,
	25: archRISCV32, 26: archRISCV32, 27: archRISCV64, 28: archRISCV64, 39: archLoongArch64, 40: archLoongArch64,
}

// How a client boots, and the words for it in the names of boot files.
const (
	byPXE = iota
	byHTTP
	byIPXE
	waysCount
)

var wayNames = [waysCount]string{"", "http", "ipxe"}

// bootSlot returns the slot of the boot file for a way and an architecture;
// archCount is any.
func bootSlot(way, arch int) slot { return slotBoot + slot(way*(archCount+1)+arch) }

// slotDomain6 is the domain of names of hosts in DHCPv6, which has no option for it.
var slotDomain6 = bootSlot(waysCount, 0)

// bootFiles returns the definitions of boot files: filename, filename-efi64,
// filename-http, filename-ipxe-bios and so on.
func bootFiles(code uint16, names []string) []definition {
	var all []definition
	for way, wayName := range wayNames {
		for arch := range archCount + 1 {
			var endings []string
			for _, archName := range append(append([][]string{}, archNames...), []string{""})[arch] {
				endings = append(endings, strings.Trim(wayName+"-"+archName, "-"))
			}
			def := definition{slot: bootSlot(way, arch), form: formText}
			if way == byPXE && arch == archCount {
				def.code = code
			}
			for _, name := range names {
				for _, ending := range endings {
					def.also = append(def.also, strings.Trim(name+"-"+ending, "-"))
					if way != byPXE { // ipxe_filename reads better
						turned := strings.Trim(strings.TrimPrefix(ending, wayName), "-")
						def.also = append(def.also, strings.Trim(wayName+"-"+name+"-"+turned, "-"))
					}
				}
			}
			def.name, def.also = def.also[0], def.also[1:]
			all = append(all, def)
		}
	}
	return all
}

// Vendor and user classes of clients that boot from the network.
const (
	vendorHTTP = "HTTPClient" // UEFI specification section 24.7.3.1
	userIPXE   = "iPXE"
)

// way returns how c boots.
func (c *Client) way() int {
	switch {
	case bytes.Contains(c.User, []byte(userIPXE)):
		return byIPXE
	case bytes.HasPrefix(c.Vendor, []byte(vendorHTTP)):
		return byHTTP
	}
	return byPXE
}

// arch returns what c's firmware runs on, or archCount.
func (c *Client) arch() int {
	for _, code := range c.Arch {
		if arch, known := arches[code]; known {
			return arch
		}
	}
	return archCount
}

// bootSlots appends the slots of c's boot file, the first that is set counts: for
// its way and architecture, for its way, and for its architecture, and for any.
func (c *Client) bootSlots(to []slot) []slot {
	way, arch := c.way(), c.arch()
	to = appendWay(to, way, arch)
	if way == byIPXE { // which boots what others do if nothing else is said
		to = appendWay(to, byPXE, arch)
	}
	return to
}

func appendWay(to []slot, way, arch int) []slot {
	if arch != archCount {
		to = append(to, bootSlot(way, arch))
	}
	if arch >= archEFI && arch < archCount {
		to = append(to, bootSlot(way, archEFI))
	}
	return append(to, bootSlot(way, archCount))
}

// isURL reports whether a boot file is one that firmware fetches by HTTP.
func isURL(file string) bool {
	return strings.HasPrefix(file, "http://") || strings.HasPrefix(file, "https://")
}

// boot sets the boot file and the server that has it.
func (d *decision) boot(ctx context.Context) error {
	if d.a.BMC {
		return nil
	}
	family := d.familyIndex()
	near, far := d.host.settings[family], d.around.prepare(family, d.net).settings
	if s := d.first(slotNextServer, near, far); s != nil && !s.none() {
		text, _, ok, err := d.value(ctx, s)
		if err != nil {
			return err
		}
		if addr, parseErr := netip.ParseAddr(strings.TrimSpace(text)); ok && parseErr == nil {
			d.a.NextServer = addr
			d.tellSetting(s)
		}
	}
	if s := d.first(slotServerName, near, far); s != nil && !s.none() {
		text, _, ok, err := d.value(ctx, s)
		if err != nil {
			return err
		}
		if ok {
			d.a.ServerName = text
			d.tellSetting(s)
		}
	}
	return d.bootFile(ctx, near, far)
}

// bootFile sets the boot file that fits the client's firmware.
func (d *decision) bootFile(ctx context.Context, near, far settings) error {
	http := d.c.way() == byHTTP
	d.slots = d.c.bootSlots(d.slots[:0])
	if http { // a file for all may be a URL
		d.slots = appendWay(d.slots, byPXE, d.c.arch())
	}
	for _, of := range d.slots {
		s := d.first(of, near, far)
		if s == nil {
			continue
		}
		if s.none() && s.err == nil {
			return nil
		}
		text, data, ok, err := d.value(ctx, s)
		if err != nil || !ok {
			return err
		}
		if http && !isURL(text) {
			d.tellNoURL(s)
			continue
		}
		d.a.BootFile = text
		d.tellBoot(s)
		if d.c.Family == V6 {
			return nil
		}
		d.put(codeBootFile, data)
		if http && d.present&hasVendorClass == 0 {
			d.putAlways(codeVendorClass, "vendor-class-identifier", "as HTTP boot wants it", []byte(vendorHTTP))
		}
		return nil
	}
	return nil
}
