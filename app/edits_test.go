package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/clusto/clusto/internal/config"
	"github.com/clusto/clusto/internal/httpapi"
)

// TestEditsFindWhatIsSeen has an edit of many things find what the same query finds:
// neither tells of what may not be seen, although transactions see more.
func TestEditsFindWhatIsSeen(t *testing.T) {
	t.Parallel()
	f := newSite(t, func(c *config.HTTP) { c.Read = config.ReadGranted })
	for _, line := range []string{"read on node001", "write on node001", "allocate"} {
		f.grant("bob", line)
	}
	for query, want := range map[string]int{
		"name = node001": 1, "ip exists": 1, "ip = 10.20.0.3": 0, "attr ip exists": 1,
	} {
		var table struct{ Total int }
		status, answer := f.ask("bob", http.MethodGet, httpapi.Prefix+"/query/table?query="+url.QueryEscape(query), "")
		if err := json.Unmarshal([]byte(answer), &table); status != http.StatusOK || err != nil || table.Total != want {
			t.Errorf("the table of %s: %d %s", query, status, answer)
		}
		var edited struct{ Things int }
		body := fmt.Sprintf(`{"query":%q,"dry_run":true,"steps":[{"set_attrs":[{"key":"x","value":"y"}]}]}`, query)
		status, answer = f.ask("bob", http.MethodPost, httpapi.Prefix+"/query/edits", body)
		if err := json.Unmarshal([]byte(answer), &edited); status != http.StatusOK || err != nil || edited.Things != want {
			t.Errorf("an edit of %s: %d %s", query, status, answer)
		}
	}
}
