package access

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"
)

// recent are passwords that were right a short while ago. A program that signs in
// by HTTP Basic sends its password with each request; to hash all of them slowly
// would take most of the server, and many at once would look like guesses.
type recent struct {
	key [sha256.Size]byte // without which nobody can try words on what is kept

	mu sync.Mutex // guards of
	of map[string]rightPassword
}

// rightPassword is a password that was right.
type rightPassword struct {
	mac  [sha256.Size]byte // of the password
	hash string            // that it was checked against
	at   time.Time
}

// recently is how long a password is remembered.
const recently = 5 * time.Minute

func newRecent() *recent {
	r := &recent{of: map[string]rightPassword{}}
	_, _ = rand.Read(r.key[:]) // it never fails
	return r
}

func (r *recent) mac(user, password string) (sum [sha256.Size]byte) {
	mac := hmac.New(sha256.New, r.key[:])
	mac.Write([]byte(user + "\x00" + password))
	mac.Sum(sum[:0])
	return sum
}

// right reports whether a password was right for a user a short while ago, and the
// user has the same hash since.
func (r *recent) right(user, password, hash string) bool {
	sum := r.mac(user, password)
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.of[user]
	return ok && p.hash == hash && time.Since(p.at) < recently && hmac.Equal(p.mac[:], sum[:])
}

// note remembers that a password is right.
func (r *recent) note(user, password, hash string) {
	sum := r.mac(user, password)
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.of) >= maxCached {
		clear(r.of)
	}
	r.of[user] = rightPassword{sum, hash, time.Now()}
}
