package clusto

import (
	"encoding/json"
	"time"
)

// versionJSON is a VersionInfo as JSON has it.
type versionJSON struct {
	Version     Version    `json:"version"`
	Time        *time.Time `json:"time"`
	User        string     `json:"user"`
	Description string     `json:"description"`
	Origin      string     `json:"origin,omitempty"`
}

// MarshalJSON has the time in UTC, or null if the database does not say it.
func (v VersionInfo) MarshalJSON() ([]byte, error) {
	data := versionJSON{Version: v.Version, User: v.User, Description: v.Description, Origin: v.Origin}
	if !v.Time.IsZero() {
		at := v.Time.UTC()
		data.Time = &at
	}
	return json.Marshal(data)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (v *VersionInfo) UnmarshalJSON(text []byte) error {
	var data versionJSON
	if err := json.Unmarshal(text, &data); err != nil {
		return err
	}
	*v = VersionInfo{Version: data.Version, User: data.User, Description: data.Description, Origin: data.Origin}
	if data.Time != nil {
		v.Time = data.Time.UTC()
	}
	return nil
}
