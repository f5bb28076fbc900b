package v4

// Codes of options (RFC 2132 and those named).
const (
	optPad            = 0
	optMask           = 1
	optRouter         = 3
	optHostName       = 12
	optVendorOptions  = 43
	optRequested      = 50
	optLeaseTime      = 51
	optOverload       = 52
	optType           = 53
	optServerID       = 54
	optWants          = 55
	optMessage        = 56
	optMaxSize        = 57
	optRenewal        = 58
	optRebinding      = 59
	optVendorClass    = 60
	optClientID       = 61
	optTFTPServer     = 66
	optBootFile       = 67
	optUserClass      = 77  // RFC 3004
	optRapidCommit    = 80  // RFC 4039
	optFQDN           = 81  // RFC 4702
	optRelay          = 82  // RFC 3046
	optArch           = 93  // RFC 4578
	optUUID           = 97  // RFC 4578
	optSubnetSelected = 118 // RFC 3011
	optEnd            = 255
)

// Suboptions of the relay's option.
const (
	subCircuitID  = 1
	subRemoteID   = 2
	subLink       = 5  // RFC 3527
	subServerID   = 11 // RFC 5107
	subSourcePort = 19 // RFC 8357
)

// slots gives the options that the server reads a place in request.options; those
// that it does not have place 0.
var slots = [256]uint8{
	optHostName: 1, optRequested: 2, optOverload: 3, optType: 4, optServerID: 5, optWants: 6, optMaxSize: 7,
	optVendorClass: 8, optClientID: 9, optUserClass: 10, optRapidCommit: 11, optFQDN: 12, optRelay: 13,
	optArch: 14, optUUID: 15, optSubnetSelected: 16,
}

const slotCount = 17
