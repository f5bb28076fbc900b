package cli

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/clusto/clusto/api"
)

// argumentText returns a value that the API gives for people: a text as it is, an entity
// as its name, a time as that, an attribute with its path, nothing as "", and anything else as JSON.
func argumentText(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var a api.Attr
	if raw[0] == '{' && json.Unmarshal(raw, &a) == nil && a.Key != "" && a.Type != "" {
		return attrPath(a.Key, a.Number, a.Subkey) + " = " + argumentText(a.Value)
	}
	var member map[string]string
	if raw[0] == '{' && json.Unmarshal(raw, &member) == nil && len(member) == 1 {
		for _, key := range []string{"entity", "driver", "time"} {
			if text, ok := member[key]; ok {
				return text
			}
		}
	}
	return string(raw)
}

// argumentLines returns a value for people, the items of a list each on a line.
func argumentLines(raw json.RawMessage) string {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return argumentText(raw)
	}
	var lines []string
	for _, item := range items {
		lines = append(lines, argumentText(item))
	}
	return strings.Join(lines, "\n")
}
