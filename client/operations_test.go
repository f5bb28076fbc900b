package client_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// contract is what the test needs of the specification.
type contract struct {
	Info       struct{ Version string }
	Paths      map[string]map[string]yaml.Node
	Components struct {
		Parameters map[string]parameter
	}
}

type parameter struct {
	Ref      string `yaml:"$ref"`
	Name, In string
}

type operation struct {
	OperationID string `yaml:"operationId"`
	Parameters  []parameter
}

// route is an operation and the requests that are for it.
type route struct {
	id, method string
	path       *regexp.Regexp
	params     map[string]bool // those of the query and the header, by place and name
}

func routes(t *testing.T) []route {
	t.Helper()
	var spec contract
	if err := yaml.Unmarshal(api.Spec, &spec); err != nil {
		t.Fatal(err)
	}
	var all []route
	for path, methods := range spec.Paths {
		pattern := regexp.MustCompile(`\\\{[a-z_]+\\\}`).ReplaceAllString(regexp.QuoteMeta(path), "[^/]+")
		for method, node := range methods {
			if method == "parameters" {
				continue
			}
			var op operation
			if err := node.Decode(&op); err != nil {
				t.Fatal(err)
			}
			r := route{op.OperationID, strings.ToUpper(method), regexp.MustCompile("^/api/v1" + pattern + "$"), map[string]bool{}}
			for _, p := range op.Parameters {
				if p.Ref != "" {
					p = spec.Components.Parameters[p.Ref[strings.LastIndex(p.Ref, "/")+1:]]
				}
				r.params[p.In+" "+p.Name] = true
			}
			all = append(all, r)
		}
	}
	// As on the server, a path without parameters comes before one that it fits too.
	slices.SortStableFunc(all, func(a, b route) int {
		return strings.Count(a.path.String(), "[") - strings.Count(b.path.String(), "[")
	})
	return all
}

// TestOperations has each operation of the contract reached by a method, with no
// parameter that the contract does not have.
func TestOperations(t *testing.T) {
	all := routes(t)
	reached := map[string]bool{}
	c := client.Local(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i := slices.IndexFunc(all, func(o route) bool { return o.method == r.Method && o.path.MatchString(r.URL.EscapedPath()) })
		if i < 0 {
			t.Errorf("%s %s is no operation", r.Method, r.URL)
			return
		}
		reached[all[i].id] = true
		for name, values := range r.URL.Query() {
			if !all[i].params["query "+name] {
				t.Errorf("%s has no parameter %s", all[i].id, name)
			}
			if slices.Contains(values, "") && name != "subkey" {
				t.Errorf("%s: the parameter %s is sent empty", all[i].id, name)
			}
		}
		for _, name := range []string{"If-Match", "If-None-Match", "Idempotency-Key", "Last-Event-ID"} {
			if r.Header.Get(name) != "" && !all[i].params["header "+name] {
				t.Errorf("%s has no header %s", all[i].id, name)
			}
		}
		kinds := map[string]string{
			"drawRack": "image/svg+xml", "export": "text/csv", "streamChanges": "text/event-stream", "watchDhcp": "text/event-stream", "watchTraps": "text/event-stream",
			"runScript": "application/x-ndjson", "enterShell": "application/x-ndjson",
		}
		switch kind := kinds[all[i].id]; {
		case kind == "application/x-ndjson":
			w.Header().Set("Content-Type", kind)
			_, _ = io.WriteString(w, `{"result": {"ok": true}}`)
		case kind != "":
			w.Header().Set("Content-Type", kind)
			_, _ = io.WriteString(w, "event: version\ndata: {\"version\": 9}\n\n")
		default:
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, "{}")
		}
	}))
	callAll(t, c)
	for _, o := range all {
		if !reached[o.id] {
			t.Errorf("no method reaches %s", o.id)
		}
	}
}

func callAll(t *testing.T, c *client.Client) {
	ctx, at, empty := t.Context(), "yesterday", ""
	ch := client.Change{Description: "why", DryRun: true, Key: "k"}
	conditional := ch
	conditional.IfMatch = `"1"`
	port := api.PortRef{Entity: "a b", Type: "nic-eth", Port: "1"}
	did := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	callEntities(ctx, c, did, conditional, at, &empty)
	did(c.CreateEntities(ctx, []api.CreateEntity{{Name: "x", Driver: "y"}}, ch))
	did(c.Insert(ctx, api.Insert{Container: "r%1", Entity: "e", RackUnits: []int{1}}, ch))
	did(c.Remove(ctx, api.Remove{Container: "r", Entity: "e"}, ch))
	did(c.Port(ctx, port, at))
	did(c.SetPortAttrs(ctx, port, map[string]json.RawMessage{"mac": json.RawMessage("null")}, ch))
	did(c.Connect(ctx, port, port, ch))
	did(c.Disconnect(ctx, port, ch))
	did(c.Trace(ctx, port, at))
	did(c.Bind(ctx, api.BindAddress{Entity: "e", Address: "::1"}, ch))
	did(c.Release(ctx, api.ReleaseAddress{Entity: "e", Address: "::1"}, ch))
	did(c.Allocate(ctx, api.Allocate{Manager: "m", For: "e"}, ch))
	did(c.Deallocate(ctx, api.Deallocate{Manager: "m", Entity: "e"}, ch))
	did(c.Reserve(ctx, api.Reserve{Manager: "m", First: "1"}, ch))
	did(c.Unreserve(ctx, api.Unreserve{Manager: "m", First: "1"}, ch))
	did(c.ApplyLayout(ctx, api.ApplyLayout{Rack: "r"}, ch))
	did(c.AddServer(ctx, api.AddServer{Rack: "r", Server: "s", SwitchPort: 1}, ch))
	did(c.Call(ctx, api.CallMethod{Entity: "e", Method: "m"}, ch))
	did(c.SwitchPower(ctx, "e", api.Reboot, client.Change{Description: "why", Key: "k"}))
	did(c.Transact(ctx, api.Transaction{}, ch))
	did(c.Import(ctx, strings.NewReader("x"), client.ImportOptions{Format: "csv", IdempotencyKey: "k"}))
	did(c.Revert(ctx, []int64{1}, ch))
	did(c.Undelete(ctx, api.Undelete{Name: "x"}, ch))
	did(c.Redact(ctx, api.Redact{Entity: "x", Key: "k", Subkey: &empty}, ch))
	did(c.Prune(ctx, "5", true))
	did(c.Fsck(ctx, client.FsckOptions{Repair: true}))
	callReaders(ctx, c, did, at)
	callAccess(ctx, c, did)
	for _, err := range c.Changes(ctx, client.Now, client.ChangesOptions{Diff: true}) {
		did(nil, err)
		break
	}
}

func callEntities(ctx context.Context, c *client.Client, did func(any, error), ch client.Change, at string, empty *string) {
	for _, err := range c.Entities(ctx, client.Filter{
		Query: "type = server", Type: []string{"a", "b"}, Name: []string{"0"}, In: "p", Fields: []string{"name", "attrs"}, Expand: []string{"ports"},
		Attr: []string{"k"}, Hidden: true, Sort: api.ListEntitiesParamsSortName, Limit: 5, Cursor: "c", At: at,
	}) {
		did(nil, err)
	}
	did(c.Entity(ctx, "e", client.EntityOptions{IfNoneMatch: `"1"`}))
	did(c.ChangeEntity(ctx, "e", "f", "", ch))
	did(c.DeleteEntity(ctx, "e", ch))
	did(c.Attrs(ctx, "e", client.AttrOptions{Subkey: empty, Merged: true}))
	did(c.Reach(ctx, "e", client.ReachOptions{Key: "k", Subkey: empty, At: at}))
	did(c.AttrKeys(ctx, client.AttrKeyOptions{Prefix: "sys", Type: "server", Limit: 5}))
	did(c.AddAttrs(ctx, "e", []api.NewAttr{{Key: "k"}}, ch))
	did(c.SetAttrs(ctx, "e", []api.NewAttr{{Key: "k"}}, ch))
	did(c.DeleteAttrs(ctx, "e", client.AttrMatch{Key: "k", Subkey: empty, Number: "none"}, ch))
	did(c.Contents(ctx, "e", api.ListContentsParams{Deep: true}))
	did(c.Parents(ctx, "e", api.ListParentsParams{At: at}))
	did(c.Combine(ctx, api.CombineContainersParams{Any: []string{"a", "b"}}))
	did(c.Overlaps(ctx, api.OverlapContainersParams{Pools: []string{"a", "b"}, At: at}))
	did(c.Orphans(ctx, at))
	did(c.Tree(ctx, "e", api.GetTreeParams{Up: true, Depth: 3}))
	did(c.Ports(ctx, "e", api.ListPortsParams{State: api.Free}))
	did(c.Addresses(ctx, "e", at))
	did(c.AddressHistory(ctx, "192.0.2.1", at))
	did(c.AddressMap(ctx, "m", api.GetAddressMapParams{Within: "192.0.2.0/28", At: at}))
	did(c.Blame(ctx, "e", at))
	did(c.Power(ctx, "e", at))
	did(c.Console(ctx, "e", "ann"))
}

func callReaders(ctx context.Context, c *client.Client, did func(any, error), at string) {
	did(c.Address(ctx, "10.0.0.1", at))
	did(c.Managers(ctx, api.ListManagersParams{Usage: true}))
	did(c.Manager(ctx, "m", at))
	did(c.FreeRanges(ctx, "m", api.ListFreeRangesParams{Limit: 3, From: "x"}))
	for _, err := range c.Allocations(ctx, "m", client.AllocationFilter{Limit: 3}) {
		did(nil, err)
	}
	did(c.Rack(ctx, "r", at))
	for _, err := range c.Racks(ctx, "dc", at) {
		did(nil, err)
	}
	drawing, err := c.DrawRack(ctx, "r", api.DrawRackParams{Side: api.Rear})
	did(nil, err)
	did(nil, drawing.Close())
	did(c.Layouts(ctx))
	did(c.Layout(ctx, "l"))
	did(c.Drivers(ctx, "server"))
	did(c.Driver(ctx, "d"))
	did(c.Types(ctx, at))
	did(c.Search(ctx, api.SearchParams{Q: "x", Limit: 2, Exact: true}))
	did(c.Explain(ctx, api.ExplainQueryParams{Query: "type = server", At: at}))
	did(c.Table(ctx, api.QueryTableParams{Query: "a", Format: "%name", Sort: "-rack", Limit: 3, Offset: 6}))
	table, err := c.TableFile(ctx, api.QueryFileParams{Query: "a", Format: "json"})
	did(nil, err)
	did(nil, table.Close())
	did(c.CompleteQuery(ctx, api.CompleteQueryParams{Query: "a", Position: 1}))
	did(c.Views(ctx))
	did(c.View(ctx, "v", true))
	did(c.PutView(ctx, "v", true, api.NewView{Query: "name exists"}))
	did(nil, c.DeleteView(ctx, "v", true))
	did(c.EditMany(ctx, api.BulkEdit{Query: "name exists", Steps: []api.BulkStep{{Delete: true}}}, client.Change{}))
	export, err := c.Export(ctx, client.ExportOptions{Format: "csv", Column: []string{"a"}})
	did(nil, err)
	did(nil, export.Close())
	for _, err := range c.Log(ctx, client.LogFilter{After: 3, About: []string{"x"}, OldestFirst: true}) {
		did(nil, err)
	}
	did(c.Show(ctx, "yesterday"))
	did(c.Timeline(ctx, api.GetTimelineParams{Buckets: 3, Since: "yesterday", User: "ann", About: []string{"a"}}))
	did(c.Diff(ctx, api.DiffParams{From: "1", To: "2"}))
	for _, err := range c.Tell(ctx, api.TellDiffParams{From: "1", To: "2", About: []string{"a"}}) {
		did(nil, err)
	}
	did(c.Topology(ctx, api.GetTopologyParams{From: "a", Hops: 2, PortType: []string{"nic-eth"}, Compare: "1", At: at}))
	did(c.RunScript(ctx, client.Script{Source: "1"}, client.Output{}))
	shell, err := c.OpenShell(ctx)
	did(nil, err)
	shell.ID = "s"
	did(shell.Enter(ctx, "1", "", 1, client.Output{}))
	did(shell.Complete(ctx, "x"))
	did(nil, shell.Interrupt(ctx))
	did(nil, shell.Close(ctx))
	did(c.Server(ctx))
	did(c.LastFsck(ctx, time.Minute))
	did(c.Overview(ctx, "yesterday"))
	callDHCP(ctx, c, did)
	did(c.Traps(ctx, 3))
	for _, err := range c.WatchTraps(ctx) {
		did(nil, err)
	}
}

func callDHCP(ctx context.Context, c *client.Client, did func(any, error)) {
	did(c.ExplainDHCP(ctx, api.ExplainDhcpParams{Mac: "02:00:00:00:00:01", Family: 6, Relay: "::1", Arch: []int{7}, At: "yesterday"}))
	did(c.Leases(ctx, client.LeaseFilter{Entity: []string{"a"}, Only: api.Strangers, Since: "yesterday", Limit: 3}))
	did(c.ReplayDHCP(ctx, strings.NewReader("x"), "yesterday"))
	for _, err := range c.WatchDHCP(ctx) {
		did(nil, err)
	}
}

func callAccess(ctx context.Context, c *client.Client, did func(any, error)) {
	did(c.Session(ctx))
	did(c.SignInWays(ctx))
	did(c.SignIn(ctx, "ann", "secret"))
	did(nil, c.SignOut(ctx))
	did(c.Users(ctx))
	did(c.User(ctx, "ann"))
	did(c.CreateUser(ctx, api.NewUser{Name: "ann"}))
	did(c.ChangeUser(ctx, "ann", api.UserChange{}))
	did(nil, c.DeleteUser(ctx, "ann"))
	did(c.Groups(ctx))
	did(c.SetGroup(ctx, "ops", nil))
	did(nil, c.DeleteGroup(ctx, "ops"))
	did(c.Grants(ctx, api.ListGrantsParams{User: "ann"}))
	did(c.CreateGrant(ctx, api.NewGrant{Grant: "read"}))
	did(nil, c.DeleteGrant(ctx, 5))
	did(c.Tokens(ctx, "ann"))
	did(c.CreateToken(ctx, api.NewToken{Name: "t"}))
	did(nil, c.RevokeToken(ctx, "ci", "jdoe"))
	did(c.Can(ctx, api.CanParams{Action: "power", Entity: "e"}))
}
