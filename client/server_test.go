package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/httpapi"
	"github.com/clusto/clusto/internal/sqlstore"
)

// TestServer asks the real server, in this process and over HTTP.
func TestServer(t *testing.T) {
	t.Run("local", func(t *testing.T) { askServer(t, client.Local(inventory(t))) })
	t.Run("http", func(t *testing.T) {
		server := httptest.NewServer(inventory(t))
		t.Cleanup(server.Close)
		askServer(t, connect(t, server.URL, client.Options{}))
	})
}

// inventory returns the API over a new database.
func inventory(t *testing.T) http.Handler {
	store := dbtest.New(t, sqlstore.Options{})
	return httpapi.New(httpapi.Options{
		Store:   func(context.Context) clusto.Store { return store },
		Drivers: all.Drivers(),
		Change:  func(context.Context) clusto.Change { return clusto.Change{User: "ann"} },
	})
}

func askServer(t *testing.T, c *client.Client) {
	ctx := t.Context()
	made, err := c.CreateEntities(ctx, []api.CreateEntity{{Name: "web 1", Driver: "basicserver"}, {Name: "web 2", Driver: "basicserver"}}, client.Change{Description: "two"})
	if err != nil || made.Version == 0 || len(made.Diff.Entities) != 2 {
		t.Fatalf("got %+v, %v", made, err)
	}
	web, err := c.Entity(ctx, "web 1", client.EntityOptions{})
	if err != nil || web.Driver != "basicserver" || web.Etag == "" {
		t.Fatalf("got %+v, %v", web, err)
	}
	if _, err := c.Entity(ctx, "web 1", client.EntityOptions{IfNoneMatch: web.Etag}); !errors.Is(err, client.ErrNotModified) {
		t.Errorf("got %v, want ErrNotModified", err)
	}
	attrs := []api.NewAttr{{Key: "memory", Value: json.RawMessage("64")}}
	set, err := c.SetAttrs(ctx, "web 1", attrs, client.Change{IfMatch: web.Etag})
	if err != nil || len(set.Diff.Entities) != 1 {
		t.Fatalf("got %+v, %v", set, err)
	}
	if _, err := c.SetAttrs(ctx, "web 1", attrs, client.Change{IfMatch: web.Etag}); !errors.Is(err, clusto.ErrConflict) {
		t.Errorf("a lost update: got %v, want ErrConflict", err)
	}
	if _, err := c.Entity(ctx, "web 3", client.EntityOptions{}); !errors.Is(err, clusto.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	askHistory(t, c, set.Version)
	askTransfer(t, c)
}

// askHistory asks what the versions up to newest did.
func askHistory(t *testing.T, c *client.Client, newest int64) {
	ctx := t.Context()
	var logged, followed []string
	for e, err := range c.Log(ctx, client.LogFilter{OldestFirst: true, Limit: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		logged = append(logged, e.Summary())
	}
	for e, err := range c.Changes(ctx, 0, client.ChangesOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		followed = append(followed, e.Summary())
		if int64(e.Version) == newest {
			break
		}
	}
	if strings.Join(logged, "|") != strings.Join(followed, "|") || len(logged) == 0 {
		t.Errorf("the log is %q, the stream %q", logged, followed)
	}
	for e, err := range c.Changes(ctx, newest-1, client.ChangesOptions{Diff: true}) {
		if err != nil || int64(e.Version) != newest || e.User != "ann" || e.Diff == nil || e.Diff.Entities[0].Name() != "web 1" {
			t.Errorf("got %+v, %v", e, err)
		}
		break
	}
	blame, err := c.Blame(ctx, "web 1", "")
	if err != nil || len(blame.Attrs) == 0 || blame.Attrs[0].By.User != "ann" {
		t.Errorf("got %+v, %v", blame, err)
	}
}

// askTransfer takes the inventory out and in again.
func askTransfer(t *testing.T, c *client.Client) {
	body, err := c.Export(t.Context(), client.ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	lines, err := io.ReadAll(body)
	if err != nil || !strings.Contains(string(lines), "web 2") {
		t.Fatalf("got %q, %v", lines, err)
	}
	report, err := c.Import(t.Context(), strings.NewReader(string(lines)), client.ImportOptions{})
	if err != nil || report.Unchanged < 2 || len(report.Changes) != 0 {
		t.Errorf("got %+v, %v", report, err)
	}
	_, err = c.Import(t.Context(), strings.NewReader("{\"nonsense\": 1}\n{\n"), client.ImportOptions{})
	if !errors.Is(err, clusto.ErrInvalid) {
		t.Errorf("got %v, want ErrInvalid", err)
	}
}
