package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// demo is a server that knows two servers; its changes end.
func demo() *httptest.Server {
	says := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { answer(w, "application/json", 200, body) }
	}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /api/v1/entities", says(`{"entities": [{"name": "web1", "driver": "basicserver"}, {"name": "web2", "driver": "basicserver"}]}`))
	routes.HandleFunc("GET /api/v1/entities/{name}", func(w http.ResponseWriter, r *http.Request) {
		problem(w, api.Problem{Status: 404, Kind: "not-found", Detail: "there is no " + r.PathValue("name"), Hint: "did you mean web1?"})
	})
	routes.HandleFunc("POST /api/v1/transactions", says(`{"version": 0, "dry_run": true, "diff": {"entities": [
		{"change": "made", "name": "web3", "type": "server", "driver": "basicserver"}]}}`))
	routes.HandleFunc("GET /api/v1/changes", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, "text/event-stream", 200, events(8, 9))
	})
	routes.HandleFunc("GET /api/v1/export", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, "text/csv", 200, "name\nweb1\nweb2\n")
	})
	routes.HandleFunc("POST /api/v1/scripts", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, "application/x-ndjson", 200, `{"out": "2 servers\n"}`+"\n"+`{"result": {"ok": true}}`)
	})
	return httptest.NewServer(routes)
}

// The servers of a pool, page after page.
func ExampleClient_Entities() {
	server := demo()
	defer server.Close()
	c, err := client.New(server.URL, client.Options{Token: os.Getenv("CLUSTO_TOKEN")})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	for e, err := range c.Entities(context.Background(), client.Filter{Query: "type = server and pool = web"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(e.Name, e.Driver)
	}
	// Output:
	// web1 basicserver
	// web2 basicserver
}

// Two operations in one version, only tried.
func ExampleClient_Transact() {
	server := demo()
	defer server.Close()
	c, err := client.New(server.URL, client.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	changed, err := c.Transact(context.Background(), api.Transaction{Operations: []api.Operation{
		{Create: &api.CreateEntity{Name: "web3", Driver: "basicserver"}},
		{AddAttrs: &api.ChangeAttrs{Entity: "web3", Attrs: []api.NewAttr{{Key: "memory", Value: json.RawMessage("64")}}}},
	}}, client.Change{Description: "a third one", DryRun: true})
	if err != nil {
		log.Fatal(err)
	}
	_ = changed.Diff.WriteText(os.Stdout)
	// Output:
	// + web3 (server, basicserver)
}

// What is wrong, of which kind it is, and what to do about it.
func ExampleError() {
	server := demo()
	defer server.Close()
	c, err := client.New(server.URL, client.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	_, err = c.Entity(context.Background(), "wbe1", client.EntityOptions{})
	fmt.Println(err)
	fmt.Println(clusto.Hint(err))
	fmt.Println(errors.Is(err, clusto.ErrNotFound))
	// Output:
	// there is no wbe1
	// did you mean web1?
	// true
}

// Each version since one that is known, also while the server is started again.
func ExampleClient_Changes() {
	server := demo()
	defer server.Close()
	c, err := client.New(server.URL, client.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	for e, err := range c.Changes(context.Background(), 7, client.ChangesOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(e.Version, e.User, e.Made)
		if e.Version == 9 {
			break
		}
	}
	// Output:
	// 8 ann [web8]
	// 9 ann [web9]
}

// A table of all entities, written as it comes.
func ExampleClient_Export() {
	server := demo()
	defer server.Close()
	c, err := client.New(server.URL, client.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	table, err := c.Export(context.Background(), client.ExportOptions{Format: api.ExportParamsFormatCsv, Column: []string{"name"}})
	if err != nil {
		log.Fatal(err)
	}
	defer table.Close()
	if _, err := io.Copy(os.Stdout, table); err != nil {
		log.Fatal(err)
	}
	// Output:
	// name
	// web1
	// web2
}

// A script that runs on the server.
func ExampleClient_RunScript() {
	server := demo()
	defer server.Close()
	c, err := client.New(server.URL, client.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	script := client.Script{File: "count.star", Source: `print(len(get_entities(types=["server"])), "servers")`}
	if _, err := c.RunScript(context.Background(), script, client.Output{Out: os.Stdout, Err: os.Stderr}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// 2 servers
}

// A server in this process, and who asks it.
func ExampleLocal() {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, _ := api.LocalUser(r.Context())
		answer(w, "application/json", 200, `{"user": "`+strings.ToUpper(user)+`"}`)
	})
	session, err := client.Local(handler).Session(api.WithLocalUser(context.Background(), "ann"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(session.User)
	// Output:
	// ANN
}
