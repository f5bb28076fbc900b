package v4

// Kind is what a client's message asks, from the state that the client is in.
type Kind uint8

// The kinds. REQUEST has four of them (RFC 2131 section 4.3.2).
const (
	Unknown  Kind = iota // not read, or a type that no client sends
	BOOTP                // a request of the older protocol: no option 53
	Discover             //
	Select               // a REQUEST that takes an offer
	Reboot               // a REQUEST that asks whether an address is still right
	Renew                // a REQUEST to the server that gave the address
	Rebind               // a REQUEST to any server
	Decline              // the address is in use by something else
	Release              // the client wants it no longer
	Inform               // the client has an address and wants the rest
	kindCount
)

var kindNames = [kindCount]string{"", "BOOTP", "DISCOVER", "REQUEST", "REBOOT", "RENEW", "REBIND", "DECLINE", "RELEASE", "INFORM"}

// String returns the name of k, "" for Unknown.
func (k Kind) String() string { return kindNames[k] }

// Told is the type of an answer.
type Told uint8

// The types.
const (
	Nothing Told = iota
	Offer
	ACK
	NAK
	BOOTReply
	toldCount
)

var toldNames = [toldCount]string{"", "OFFER", "ACK", "NAK", "BOOTREPLY"}

// String returns the name of t, "" for Nothing.
func (t Told) String() string { return toldNames[t] }

// Values of option 53.
const (
	typeDiscover = 1
	typeOffer    = 2
	typeRequest  = 3
	typeDecline  = 4
	typeACK      = 5
	typeNAK      = 6
	typeRelease  = 7
	typeInform   = 8
)

// messageTypes are the values of option 53 of answers.
var messageTypes = [toldCount]byte{Offer: typeOffer, ACK: typeACK, NAK: typeNAK}
