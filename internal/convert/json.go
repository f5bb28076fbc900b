package convert

import (
	"bytes"
	"encoding/json"
	"strings"
)

// compactJSON returns a JSON text without blanks between its parts.
func compactJSON(text []byte) string {
	var b bytes.Buffer
	if json.Compact(&b, text) != nil {
		return string(text)
	}
	return b.String()
}

// canonicalJSON returns a JSON text with sorted keys and without blanks, or the
// text itself if it is no JSON.
func canonicalJSON(text string) string {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var decoded any
	if decoder.Decode(&decoded) != nil {
		return text
	}
	out, err := json.Marshal(decoded)
	if err != nil {
		return text
	}
	return string(out)
}
