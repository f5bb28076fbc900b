package past

import "fmt"

// The people of the company, and the program that renews its machines.
const (
	mara  = "mara"  // networks
	jonas = "jonas" // racks
	priya = "priya" // databases
	yuki  = "yuki"  // the shop
	tomas = "tomas" // on call
	robot = "renew" // reinstalls servers
)

// hall is a datacenter of the company.
type hall struct {
	name   string // "eqix-sv3"
	prefix string // of the names of what is in it: "sv3"
	net    int    // the second number of its addresses
	first  int    // the number of the first rack that the past builds
	racks  int
	perRow int
}

// halls are the datacenters. The first one and its racks 1 and 2 are those of the
// demonstration.
var halls = []hall{
	{name: "eqix-sv3", prefix: "sv3", net: 20, first: 3, racks: 14, perRow: 8},
	{name: "eqix-am6", prefix: "am6", net: 30, first: 1, racks: 12, perRow: 6},
}

func (h hall) rack(i int) string { return fmt.Sprintf("%s-%03d", h.prefix, i) }

// row returns the name of the row that rack i stands in.
func (h hall) row(i int) string { return fmt.Sprintf("%s-row-%c", h.prefix, 'a'+rune((i-1)/h.perRow)) }

// core returns the name of the switch that the racks of a row are connected to.
func (h hall) core(i int) string { return fmt.Sprintf("%s-core%d", h.prefix, 1+(i-1)/h.perRow) }

// role is what servers are for.
type role struct {
	name    string // of the network, and what the names of servers begin with
	pool    string
	owner   string
	purpose string
	who     string // installs them
	memory  int64  // MiB
	cpus    int64
	disk    int64  // GB
	os      string // new ones
	block   int    // the third number of the network's address
	prefix  int    // bits
}

// roles are all roles. The network of databases is small, and runs full.
var roles = []role{
	{name: "web", pool: "webserver", owner: "storefront", purpose: "serves the shop", who: yuki, memory: 32768, cpus: 16, disk: 480, os: "debian-13", block: 16, prefix: 23},
	{name: "app", pool: "application", owner: "storefront", purpose: "baskets and orders", who: yuki, memory: 65536, cpus: 32, disk: 960, os: "debian-13", block: 20, prefix: 23},
	{name: "db", pool: "database", owner: "data", purpose: "PostgreSQL of the shop", who: priya, memory: 262144, cpus: 64, disk: 7680, os: "debian-12", block: 24, prefix: 26},
	{name: "cache", pool: "cache", owner: "platform", purpose: "sessions and pages", who: yuki, memory: 131072, cpus: 16, disk: 480, os: "debian-13", block: 25, prefix: 25},
	{name: "search", pool: "search", owner: "data", purpose: "search of the shop", who: priya, memory: 131072, cpus: 32, disk: 3840, os: "ubuntu-24.04", block: 26, prefix: 25},
	{name: "work", pool: "batch", owner: "data", purpose: "nightly figures", who: priya, memory: 65536, cpus: 48, disk: 1920, os: "ubuntu-24.04", block: 28, prefix: 24},
}

// plan is what the racks of each hall are for, by role, in turn.
var plan = []int{0, 1, 2, 0, 3, 4, 0, 5, 1, 0, 2, 5, 4, 0}

// environments are the pools of which each server is in one.
var environments = []string{"production", "production", "production", "production", "staging", "development"}

// company is what the writer knows of the company while it writes.
type company struct {
	servers  map[string][]string // names by role
	byRack   map[string][]string
	machines int // how many MAC addresses and serial numbers were given away, by two
}

func newCompany() *company {
	return &company{servers: map[string][]string{}, byRack: map[string][]string{}}
}
