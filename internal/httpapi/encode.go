package httpapi

import (
	"bytes"
	"encoding/json"
)

// encode returns v as JSON.
func encode(v any) ([]byte, error) {
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return body.Bytes(), nil
}
