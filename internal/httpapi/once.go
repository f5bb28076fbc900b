package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"

	"github.com/clusto/clusto"
)

// maxKey is how long an idempotency key may be; what stands before it in the
// receipts fills up to clusto.MaxReceiptKeyLen.
const maxKey = 200

// receipt is what is kept of a request under its idempotency key.
type receipt struct {
	Request string          `json:"request"` // a hash, to tell whether another is its repetition
	Answer  json.RawMessage `json:"answer"`
}

// once carries out a request that changes something, by fn, and notes its answer
// under the idempotency key; or, if that was done before, has the answer of then.
// body is what the request asks for, and answer a pointer to what fn fills
// before the transaction of its store ends. Without a key it just calls fn.
func (s *Server) once(ctx context.Context, r *http.Request, key string, body, answer any, fn func(clusto.Store) error) error {
	store := s.options.Store(ctx)
	if key == "" {
		return fn(store)
	}
	if len(key) > maxKey {
		return clusto.Errorf(clusto.ErrInvalid, "the Idempotency-Key has %d bytes, the limit is %d", len(key), maxKey)
	}
	o := &onceStore{Store: store, request: r, body: body, answer: answer, key: "api " + s.options.Change(ctx).User + " " + key}
	err := fn(o)
	if done, ok := errors.AsType[*doneBefore](err); ok {
		return done.repeat(answer)
	}
	return err
}

// onceStore is a store whose changes are noted under a key, and are not made again.
type onceStore struct {
	clusto.Store
	key          string
	request      *http.Request
	body, answer any
}

// Update implements clusto.Store.
func (o *onceStore) Update(ctx context.Context, change clusto.Change, fn func(clusto.Tx) error) (clusto.Version, error) {
	return o.Store.Update(ctx, change, func(tx clusto.Tx) error {
		kept, found, err := tx.Receipt(ctx, o.key)
		if err != nil {
			return err
		}
		request, err := o.fingerprint()
		if err != nil {
			return err
		}
		if found {
			return &doneBefore{kept: kept, request: request}
		}
		if err := fn(tx); err != nil {
			return err
		}
		text, err := json.Marshal(o.answer)
		if err != nil {
			return err
		}
		if text, err = json.Marshal(receipt{Request: request, Answer: text}); err != nil {
			return err
		}
		return tx.KeepReceipt(ctx, o.key, string(text))
	})
}

// fingerprint returns a hash of all that the request asks for.
func (o *onceStore) fingerprint() (string, error) {
	body, err := json.Marshal(o.body)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, part := range []string{o.request.Method, o.request.URL.EscapedPath(), o.request.URL.RawQuery} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil)), nil
}

// doneBefore says that a request was answered already.
type doneBefore struct{ kept, request string }

func (*doneBefore) Error() string { return "answered before" }

// repeat puts the kept answer into answer, in place of what a transaction may have
// left there that was run again.
func (d *doneBefore) repeat(answer any) error {
	var kept receipt
	if err := json.Unmarshal([]byte(d.kept), &kept); err != nil || kept.Request != d.request {
		return clusto.WithHint(clusto.Errorf(clusto.ErrConflict, "the Idempotency-Key was used for another request"),
			"make a new key for each request, and use it again only to repeat that")
	}
	reflect.ValueOf(answer).Elem().SetZero()
	return json.Unmarshal(kept.Answer, answer)
}
