package api

import (
	"strings"

	"github.com/clusto/clusto"
)

// KindName returns how the API calls a kind of error: clusto.ErrNotFound is
// "not-found". It returns "internal" for what is of no kind.
func KindName(err error) string {
	kind := clusto.KindOf(err)
	if kind == nil {
		return "internal"
	}
	return strings.ReplaceAll(kind.Error(), " ", "-")
}

// KindOf returns the kind of error that the API calls name, or nil.
func KindOf(name string) error {
	for _, kind := range clusto.ErrorKinds() {
		if name != "" && KindName(kind) == name {
			return kind
		}
	}
	return nil
}
