package client

import (
	"crypto/rand"

	"github.com/clusto/clusto"
)

const idempotencyKey = "Idempotency-Key"

// Change says how a change is made.
type Change struct {
	// Description is why; it is kept with the version.
	Description string
	// DryRun changes nothing: the answer is what would be changed.
	DryRun bool
	// IfMatch is the ETag that the entity must have; another is ErrConflict. Only
	// the methods that say so take it, the others return ErrInvalid.
	IfMatch string
	// Key is the Idempotency-Key of a POST; "" takes a new random one. Whoever
	// may have to send a change again after their own program ended keeps the key
	// of the first time.
	Key string
}

// key returns the Idempotency-Key of a change. A client that sends nothing twice
// needs none.
func (c *Client) key(ch Change) string {
	if ch.Key == "" && c.options.Retry.Attempts > 1 {
		return rand.Text()
	}
	return ch.Key
}

// unconditional returns ErrInvalid if ch has a condition, for operations that know none.
func (ch Change) unconditional() error {
	if ch.IfMatch != "" {
		return clusto.Errorf(clusto.ErrInvalid, "this change cannot depend on an ETag")
	}
	return nil
}
