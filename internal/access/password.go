package access

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/clusto/clusto"
)

// Hashing are the parameters of argon2id (RFC 9106 section 3.1).
type Hashing struct {
	Memory  uint32 // in KiB
	Time    uint32 // passes over the memory
	Threads uint8  // lanes
}

// DefaultHashing is the second recommended option of RFC 9106 section 4, for
// machines with little memory: a password takes 64 MiB and, on two cores of a
// server of 2024, 70 ms.
func DefaultHashing() Hashing { return Hashing{Memory: 64 << 10, Time: 3, Threads: 4} }

// Limits of passwords.
const (
	MinPasswordLen = 8    // in characters
	maxPasswordLen = 1024 // in bytes
)

// The sizes of RFC 9106 section 4, in bytes.
const (
	saltLen = 16
	tagLen  = 32
)

// The most that a stored hash may ask of this machine.
const (
	maxMemory = 1 << 20 // KiB
	maxTime   = 64
)

// hasher hashes passwords, a few at a time: each takes Hashing.Memory.
type hasher struct {
	params Hashing
	slots  chan struct{} // has one for each password that is being hashed
	dummy  string        // what is compared with if there is nothing to compare with
}

// defaultSlots is how many passwords are hashed at a time.
const defaultSlots = 4

func newHasher(params Hashing, atATime int) *hasher {
	if params == (Hashing{}) {
		params = DefaultHashing()
	}
	h := &hasher{params: params, slots: make(chan struct{}, cmp.Or(atATime, defaultSlots))}
	h.dummy = phc(params, make([]byte, saltLen), make([]byte, tagLen))
	return h
}

// key hashes, when it is its turn.
func (h *hasher) key(ctx context.Context, password string, salt []byte, p Hashing, size int) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(password), salt, p.Time, p.Memory, p.Threads, uint32(size)), nil
}

// hash returns the hash of a password in PHC form, or ErrInvalid if it is no
// good one for the user.
func (h *hasher) hash(ctx context.Context, user, password string) (string, error) {
	switch n := utf8.RuneCountInString(password); {
	case n < MinPasswordLen:
		return "", clusto.Errorf(clusto.ErrInvalid, "the password has %d characters; it needs at least %d", n, MinPasswordLen)
	case len(password) > maxPasswordLen:
		return "", clusto.Errorf(clusto.ErrInvalid, "the password has %d bytes, the limit is %d", len(password), maxPasswordLen)
	case strings.EqualFold(password, user):
		return "", clusto.Errorf(clusto.ErrInvalid, "the password is the name of the user")
	}
	salt := make([]byte, saltLen)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	tag, err := h.key(ctx, password, salt, h.params, tagLen)
	return phc(h.params, salt, tag), err
}

// verify reports whether password is the one of a hash, and whether the hash
// was made with other parameters than today's. Without a hash it takes as long
// as with one.
func (h *hasher) verify(ctx context.Context, hash, password string) (right, stale bool, err error) {
	if len(password) > maxPasswordLen {
		return false, false, nil
	}
	known := hash != ""
	if !known {
		hash = h.dummy
	}
	p, salt, want, err := parsePHC(hash)
	if err != nil {
		return false, false, err
	}
	got, err := h.key(ctx, password, salt, p, len(want))
	if err != nil {
		return false, false, err
	}
	same := subtle.ConstantTimeCompare(got, want) == 1
	return same && known, p != h.params || len(want) != tagLen, nil
}

// phcForm is the form of hashes (the PHC string format, for argon2 version 19).
const phcForm = "$argon2id$v=19$m=%d,t=%d,p=%d$"

func phc(p Hashing, salt, tag []byte) string {
	b := base64.RawStdEncoding
	return fmt.Sprintf(phcForm, p.Memory, p.Time, p.Threads) + b.EncodeToString(salt) + "$" + b.EncodeToString(tag)
}

// parsePHC reads a hash. It returns ErrInvalid for what this program did not
// make; the error does not have the hash in it.
func parsePHC(s string) (p Hashing, salt, tag []byte, err error) {
	refuse := func() (Hashing, []byte, []byte, error) {
		return Hashing{}, nil, nil, clusto.WithHint(
			clusto.Errorf(clusto.ErrInvalid, "the stored hash of the password is not one of argon2id that can be checked here"),
			"set a new password")
	}
	parts := strings.Split(s, "$")
	if len(parts) != 6 {
		return refuse()
	}
	if n, err := fmt.Sscanf(strings.Join(parts[:4], "$")+"$", phcForm, &p.Memory, &p.Time, &p.Threads); err != nil || n != 3 {
		return refuse()
	}
	salt, errSalt := base64.RawStdEncoding.DecodeString(parts[4])
	tag, errTag := base64.RawStdEncoding.DecodeString(parts[5])
	if errSalt != nil || errTag != nil || len(salt) < 8 || len(tag) < 16 || len(tag) > 64 ||
		p.Memory > maxMemory || p.Time == 0 || p.Time > maxTime || p.Threads == 0 || p.Memory < 8*uint32(p.Threads) {
		return refuse()
	}
	return p, salt, tag, nil
}
