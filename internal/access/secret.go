package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"
	"unicode"
)

// TokenPrefix begins every token, so that programs that look for secrets in
// texts find it.
const TokenPrefix = "clusto_"

// secretBytes is how much chance a token or the id of a session holds.
const secretBytes = 32

// newSecret returns a text that nobody can guess.
func newSecret(prefix string) string {
	raw := make([]byte, secretBytes)
	rand.Read(raw) // never fails: it ends the program instead
	return prefix + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw))
}

// hashOf returns what is stored of a secret. As secrets are long and random, it
// need not be slow.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func isControl(r rune) bool { return unicode.IsControl(r) }
