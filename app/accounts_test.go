package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/config"
	"github.com/clusto/clusto/internal/httpapi"
)

// site is what "clusto serve" answers over what classic clusto wrote, with the
// accounts of ann, who may administer, and bob, who has no grants.
type site struct {
	*testing.T
	store  clusto.Store
	door   *doorway
	answer http.Handler
	tokens map[string]string
}

func newSite(t *testing.T, conf func(*config.HTTP)) *site {
	t.Helper()
	f := &site{T: t, store: classictest.Open(t), tokens: map[string]string{}}
	s := cli.Setting{Config: config.Default(), Log: slog.New(slog.DiscardHandler), LibDir: t.TempDir(), Stdout: io.Discard, Stderr: io.Discard}
	s.Config.HTTP.Accounts = true
	if conf != nil {
		conf(&s.Config.HTTP)
	}
	p := &program{drivers: all.Drivers()}
	_, err := p.drivers.Register(siren(p.drivers))
	f.ok(err)
	w, err := p.workshop(s, f.store)
	f.ok(err)
	f.door, err = p.doorway(s, f.store)
	f.ok(err)
	handler, err := p.handler(s, parts{setting: s, workshop: w}, nil, f.door)
	f.ok(err)
	f.answer = f.door.gate.Handler(handler)
	for _, name := range []string{"ann", "bob"} {
		_, err := f.door.accounts.Kept.CreateUser(t.Context(), clusto.User{Name: name}, "")
		f.ok(err)
		f.tokens[name], _, err = f.door.accounts.Kept.IssueToken(t.Context(), access.TokenRequest{User: name, Name: "test"})
		f.ok(err)
	}
	f.grant("ann", "admin")
	return f
}

func (f *site) ok(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *site) grant(user, line string) {
	f.Helper()
	_, err := f.door.accounts.Kept.Give(f.Context(), clusto.Grant{User: user, Line: line})
	f.ok(err)
}

// ask sends a request of a user, "" for nobody.
func (f *site) ask(user, method, target, body string) (status int, answer string) {
	f.Helper()
	r := httptest.NewRequestWithContext(f.Context(), method, target, strings.NewReader(body))
	if strings.HasPrefix(body, "{") {
		r.Header.Set("Content-Type", "application/json")
	}
	if user != "" {
		r.Header.Set("Authorization", "Bearer "+f.tokens[user])
	}
	w := httptest.NewRecorder()
	f.answer.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// browse asks for a page, as a browser does in which nobody has signed in.
func (f *site) browse(target string) int {
	r := httptest.NewRequestWithContext(f.Context(), http.MethodGet, target, http.NoBody)
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	f.answer.ServeHTTP(w, r)
	return w.Code
}

// do sends a request of ann, which must be fulfilled.
func (f *site) do(method, path, body string) {
	f.Helper()
	if status, answer := f.ask("ann", method, httpapi.Prefix+path, body); status >= http.StatusBadRequest {
		f.Fatalf("%s %s: %d %s", method, path, status, answer)
	}
}

// operation is an operation of the API, with something in place of its parameters.
type operation struct{ id, method, path string }

// operations returns all operations of the API.
func operations(t *testing.T) []operation {
	t.Helper()
	var paths struct {
		Paths map[string]map[string]yaml.Node
	}
	if err := yaml.Unmarshal(api.Spec, &paths); err != nil {
		t.Fatal(err)
	}
	given := strings.NewReplacer("{name}", "node001", "{type}", "nic-eth", "{port}", "1", "{content}", "node001", "{address}", "10.20.0.2",
		"{method}", "console", "{id}", "1", "{at}", "1")
	var all []operation
	for path, methods := range paths.Paths {
		for method, node := range methods {
			var o struct {
				OperationID string `yaml:"operationId"`
			}
			if method == "parameters" {
				continue
			}
			if err := node.Decode(&o); err != nil {
				t.Fatal(err)
			}
			all = append(all, operation{o.OperationID, strings.ToUpper(method), httpapi.Prefix + given.Replace(path)})
		}
	}
	if len(all) < 80 {
		t.Fatalf("the API has %d operations", len(all))
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.id, b.id) })
	return all
}

// TestPagesAreOpen has a browser of nobody ask for the pages, one of which signs in.
func TestPagesAreOpen(t *testing.T) {
	t.Parallel()
	f := newSite(t, nil)
	for target, want := range map[string]int{
		"/": http.StatusOK, "/sign-in?to=/racks": http.StatusOK, "/things/node001": http.StatusOK, "/favicon.svg": http.StatusOK,
		"/assets/": http.StatusUnauthorized, "/nothing": http.StatusUnauthorized, "/entity/server": http.StatusUnauthorized,
		"/things/../entity/server": http.StatusTemporaryRedirect, httpapi.Prefix + "/entities/node001": http.StatusUnauthorized,
	} {
		for method, want := range map[string]int{http.MethodGet: want, http.MethodPost: http.StatusUnauthorized} {
			r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
			r.Header.Set("Accept", "text/html")
			w := httptest.NewRecorder()
			f.answer.ServeHTTP(w, r)
			if w.Code != want {
				t.Errorf("%s %s: %d, want %d: %s", method, target, w.Code, want, w.Body)
			}
		}
	}
}

// TestNobodyIsAnswered asks for everything without a credential.
func TestNobodyIsAnswered(t *testing.T) {
	t.Parallel()
	f := newSite(t, nil)
	for _, o := range operations(t) {
		want := http.StatusUnauthorized
		switch o.id {
		case "signIn":
			want = http.StatusBadRequest // it has no body
		case "getSignInWays":
			want = http.StatusOK // who signs in must know how
		}
		if status, answer := f.ask("", o.method, o.path, ""); status != want {
			t.Errorf("%s: %d, want %d: %s", o.id, status, want, answer)
		}
	}
	for target, want := range map[string]int{
		httpapi.Prefix + "/openapi.yaml": http.StatusOK, httpapi.Prefix + "/openapi.yaml/": http.StatusUnauthorized,
		httpapi.Prefix + "/session/": http.StatusUnauthorized, "/nothing": http.StatusUnauthorized,
		httpapi.Prefix + "/../v1/entities": http.StatusUnauthorized, "//api/v1/openapi.yaml": http.StatusUnauthorized,
		"/entity/": http.StatusUnauthorized, "/entity/server": http.StatusUnauthorized, "/attribute/": http.StatusUnauthorized,
		"/resourcemanager/": http.StatusUnauthorized, "/by-name/node001": http.StatusUnauthorized, "/by-names": http.StatusUnauthorized,
		"/by-attr": http.StatusUnauthorized, "/from-pools": http.StatusUnauthorized, "/driverlist": http.StatusUnauthorized,
		"/typelist": http.StatusUnauthorized, "/__version__": http.StatusUnauthorized, "/__meta__": http.StatusUnauthorized,
	} {
		if status, _ := f.ask("", http.MethodGet, target, ""); status != want {
			t.Errorf("GET %s: %d, want %d", target, status, want)
		}
	}
	// The pages are for who is to sign in; what they show of an inventory is asked of the API.
	for target, want := range map[string]int{
		"/": http.StatusOK, "/sign-in": http.StatusOK, "/things/node001": http.StatusOK, "/favicon.svg": http.StatusOK,
		"/things/../entity/": http.StatusTemporaryRedirect, "/things/%2e%2e/entity/": http.StatusOK,
		"/assets/": http.StatusUnauthorized, "/assets/../entity/": http.StatusUnauthorized,
	} {
		if got := f.browse(target); got != want {
			t.Errorf("GET %s by a browser: %d, want %d", target, got, want)
		}
	}
	if status, answer := f.ask("", http.MethodPost, "/", ""); status != http.StatusUnauthorized {
		t.Errorf("POST /: %d %s", status, answer)
	}
	for _, target := range []string{"/by-name/node001", "/entity/basicserver/node001", "/__version__", httpapi.Prefix + "/entities/node001"} {
		if status, answer := f.ask("bob", http.MethodGet, target, ""); status != http.StatusOK {
			t.Errorf("GET %s by bob: %d %s", target, status, answer)
		}
	}
}

// attempts are requests that would change something, or act, if they were
// permitted: by operation, the end of the path and the body.
var attempts = map[string]struct{ path, body string }{
	"addAttributes":     {"/entities/node001/attributes", `{"attrs":[{"key":"x","value":"y"}]}`},
	"addServer":         {"/racks/rk-01/servers", `{"server":"spare","switch_port":15}`},
	"allocate":          {"/managers/net-prod/allocations", `{"for":"node001"}`},
	"applyLayout":       {"/racks/rk-01/layout", `{"layout":"x"}`},
	"bindAddress":       {"/entities/node003/addresses", `{"address":"10.20.0.77"}`},
	"callMethod":        {"/entities/node001/methods/attr_values", `{}`},
	"changeEntity":      {"/entities/node001", `{"name":"other"}`},
	"changeUser":        {"/users/ann", `{"password":"correct horse"}`},
	"connectPort":       {"/entities/node003/ports/nic-eth/2/connection", `{"to":{"entity":"sw-01","type":"nic-eth","port":"40"}}`},
	"createEntities":    {"/entities", `{"entities":[{"name":"new","driver":"basicserver"}]}`},
	"createGrant":       {"/grants", `{"user":"bob","grant":"admin"}`},
	"createToken":       {"/tokens", `{"name":"x","user":"ann"}`},
	"createUser":        {"/users", `{"name":"eve"}`},
	"deallocate":        {"/managers/net-prod/allocations?entity=node001", ``},
	"deleteAttributes":  {"/entities/node001/attributes", ``},
	"deleteEntity":      {"/entities/node001", ``},
	"deleteGrant":       {"/grants/1", ``},
	"deleteGroup":       {"/groups/ops", ``},
	"deleteUser":        {"/users/ann", ``},
	"deleteView":        {"/views/all?shared=true", ``},
	"disconnectPort":    {"/entities/node001/ports/nic-eth/1/connection", ``},
	"editMany":          {"/query/edits", `{"names":["node001"],"steps":[{"set_attrs":[{"key":"x","value":"y"}]},{"delete":true}]}`},
	"fsck":              {"/fsck", `{"repair":true}`},
	"import":            {"/import", `{"name":"new","type":"server","driver":"basicserver"}`},
	"insertContent":     {"/entities/production/contents/node003", `{}`},
	"prune":             {"/prune", `{"before":"5"}`},
	"putView":           {"/views/all?shared=true", `{"query":"type = server","columns":[]}`},
	"redact":            {"/redact", `{"entity":"node001","key":"dhcp"}`},
	"releaseAddress":    {"/entities/node001/addresses/10.20.0.2", ``},
	"removeContent":     {"/entities/production/contents/node001", ``},
	"reserve":           {"/managers/net-prod/reservations", `{"first":"10.20.0.99"}`},
	"revert":            {"/revert", `{"versions":[VERSION]}`},
	"revokeToken":       {"/tokens/test?user=ann", ``},
	"openShell":         {"/shells", ``},
	"runScript":         {"/scripts", `{"source":"1"}`},
	"setAttributes":     {"/entities/node001/attributes", `{"attrs":[{"key":"x","value":"y"}]}`},
	"setGroup":          {"/groups/ops", `{"members":["bob"]}`},
	"setPortAttributes": {"/entities/node001/ports/nic-eth/1", `{"attrs":{"mac":"02:00:00:00:00:01"}}`},
	"switchPower":       {"/entities/node001/power", `{"action":"off"}`},
	"transact":          {"/transactions", `{"operations":[{"rename":{"entity":"node001","name":"other"}},{"delete":{"entity":"node002"}}]}`},
	"undelete":          {"/undelete", `{"name":"doomed","as":"undone"}`},
	"unreserve":         {"/managers/net-prod/reservations?first=10.20.0.98", ``},
}

// harmlessly are operations that are no GET and change nothing that is not the
// asker's own: of shells that are open, which are nobody else's, and what only
// answers by what the asker may see.
var harmlessly = []string{"signIn", "signOut", "closeShell", "completeShell", "enterShell", "interruptShell", "replayDhcp"}

// TestNoGrantsNoChange has somebody without grants try to change everything, also
// as a dry run, whose answer would tell what they may not see or do.
func TestNoGrantsNoChange(t *testing.T) {
	t.Parallel()
	f := newSite(t, nil)
	f.do("POST", "/entities", `{"entities":[{"name":"spare","driver":"basicserver"}]}`)
	f.do("POST", "/managers/net-prod/reservations", `{"first":"10.20.0.98"}`)
	f.do("POST", "/entities/spare/attributes", `{"attrs":[{"key":"x","value":"y"}]}`)
	version, err := newest(t.Context(), f.store)
	f.ok(err)
	before := f.state()
	tried := map[string]bool{}
	for _, o := range operations(t) {
		try, ok := attempts[o.id]
		if !ok {
			if o.method != http.MethodGet && !slices.Contains(harmlessly, o.id) {
				t.Errorf("nobody tries the operation %s", o.id)
			}
			continue
		}
		tried[o.id] = true
		for _, dry := range []bool{false, true} {
			target, body := httpapi.Prefix+try.path, strings.ReplaceAll(try.body, "VERSION", fmt.Sprint(version))
			if dry {
				target, body = dryRun(target, body)
			}
			status, answer := f.ask("bob", o.method, target, body)
			// Where several things can be wrong, what is not permitted is one of them.
			several := o.id == "import" || (o.id == "transact" || o.id == "editMany") && dry
			if status != http.StatusForbidden && !several || !strings.Contains(answer, `"permission-denied"`) {
				t.Errorf("%s (dry run: %v): %d %s", o.id, dry, status, answer)
			}
		}
	}
	if after := f.state(); after != before {
		t.Errorf("something has changed:\n%s\n%s", before, after)
	}
	for id := range attempts {
		if !tried[id] {
			t.Errorf("the API has no operation %s", id)
		}
	}
}

// dryRun returns a request as a dry run.
func dryRun(target, body string) (string, string) {
	switch {
	case strings.Contains(target, "/tokens"), strings.Contains(target, "/users"), strings.Contains(target, "/groups"),
		strings.Contains(target, "/grants"), strings.Contains(target, "/power"), strings.Contains(target, "/shells"),
		strings.Contains(target, "/views"):
		return target, body // they know none
	case strings.HasPrefix(target, httpapi.Prefix+"/import"), body == "":
		separator := "?"
		if strings.Contains(target, "?") {
			separator = "&"
		}
		return target + separator + "dry_run=true", body
	case body == "{}":
		return target, `{"dry_run":true}`
	}
	return target, strings.TrimSuffix(body, "}") + `,"dry_run":true}`
}

// state is what must not change: the newest version, and the accounts.
func (f *site) state() string {
	f.Helper()
	version, err := newest(f.Context(), f.store)
	f.ok(err)
	var out bytes.Buffer
	for _, target := range []string{"/users", "/groups", "/grants", "/tokens"} {
		_, answer := f.ask("ann", http.MethodGet, httpapi.Prefix+target, "")
		out.WriteString(answer)
	}
	return fmt.Sprint(version, out.String())
}

// TestChangeHasAUser checks that a change made with a token has the user's name
// and the address, whatever the request says.
func TestChangeHasAUser(t *testing.T) {
	t.Parallel()
	f := newSite(t, nil)
	f.grant("bob", "write attr/note in pool production")
	if status, answer := f.ask("bob", http.MethodPost, httpapi.Prefix+"/entities/node001/attributes", `{"attrs":[{"key":"note","value":"x"}]}`); status != http.StatusCreated {
		t.Fatal(status, answer)
	}
	var last clusto.VersionInfo
	f.ok(f.store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		for v, err := range r.Versions(t.Context(), 0) {
			if err != nil {
				return err
			}
			last = v
		}
		return nil
	}))
	if last.User != "bob" || last.Origin != "192.0.2.1" {
		t.Errorf("the version is %+v", last)
	}
}

// TestSecrets checks that secrets are shown to nobody without a grant, by no API.
func TestSecrets(t *testing.T) {
	t.Parallel()
	f := newSite(t, nil)
	if status, answer := f.ask("ann", http.MethodPost, httpapi.Prefix+"/entities/node001/attributes",
		`{"attrs":[{"key":"ipmi","subkey":"password","value":"hush-hush"}]}`); status != http.StatusCreated {
		t.Fatal(status, answer)
	}
	for _, target := range []string{
		httpapi.Prefix + "/entities/node001?expand=attrs", httpapi.Prefix + "/entities/node001/attributes", httpapi.Prefix + "/export",
		httpapi.Prefix + "/entities/node001/blame", "/entity/basicserver/node001", "/by-name/node001", "/attribute/node001", "/attribute/node001/ipmi",
	} {
		if status, answer := f.ask("bob", http.MethodGet, target, ""); status != http.StatusOK || strings.Contains(answer, "hush-hush") || !strings.Contains(answer, "[secret]") {
			t.Errorf("GET %s: %d %.2000s", target, status, answer)
		}
	}
	f.grant("bob", "secret attr/ipmi.password")
	if _, answer := f.ask("bob", http.MethodGet, httpapi.Prefix+"/entities/node001/attributes", ""); !strings.Contains(answer, "hush-hush") {
		t.Errorf("with a grant: %s", answer)
	}
}

// TestReadByGrant checks that the configuration is obeyed.
func TestReadByGrant(t *testing.T) {
	t.Parallel()
	f := newSite(t, func(c *config.HTTP) { c.Read = config.ReadGranted })
	f.grant("bob", "read on node002")
	for target, want := range map[string]int{
		httpapi.Prefix + "/entities/node001": 404, httpapi.Prefix + "/entities/node002": 200, "/by-name/node001": 404, "/by-name/node002": 200,
		httpapi.Prefix + "/can?action=power&entity=node001": 404, httpapi.Prefix + "/can?action=power&entity=node002": 200,
	} {
		if status, answer := f.ask("bob", http.MethodGet, target, ""); status != want {
			t.Errorf("GET %s: %d, want %d: %s", target, status, want, answer)
		}
	}
}

// siren is a driver whose power is switched with a secret of the device.
func siren(drivers *clusto.Registry) *clusto.Driver {
	base, _ := drivers.Driver("basicserver")
	community := func(ctx context.Context, o *clusto.Object) (string, error) {
		attrs, err := o.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is("snmp"), Subkey: clusto.Is("community")})
		if err != nil || len(attrs) != 1 {
			return "", errors.Join(err, clusto.Errorf(clusto.ErrInvalid, "%d communities", len(attrs)))
		}
		return attrs[0].Value.Str(), nil
	}
	return &clusto.Driver{Name: "siren", Class: "Siren", Base: base, Methods: []*clusto.Method{
		clusto.M("power_off", "", "Be silent.", func(ctx context.Context, o *clusto.Object) error {
			if text, err := community(ctx, o); err != nil || text != "hush-hush" {
				return errors.Join(err, clusto.Errorf(clusto.ErrInvalid, "the community is %s", text))
			}
			return nil
		}),
		clusto.M("console", "user", "Speak.", func(_ context.Context, _ *clusto.Object, user string) ([]string, error) {
			return []string{"talk", user}, nil
		}),
		clusto.M("hear", "", "Tell the secret.", community),
	}}
}

// TestActing checks who may have hardware do something, and that it has the
// secrets which it needs without telling them.
func TestActing(t *testing.T) {
	t.Parallel()
	f := newSite(t, nil)
	f.do("POST", "/entities", `{"entities":[{"name":"s1","driver":"siren","attrs":[{"key":"snmp","subkey":"community","value":"hush-hush"}]}]}`)
	power, console, hear := httpapi.Prefix+"/entities/s1/power", httpapi.Prefix+"/entities/s1/console", httpapi.Prefix+"/entities/s1/methods/hear"
	transact := httpapi.Prefix + "/transactions"
	requests := []struct{ method, target, body, grant string }{
		{"POST", power, `{"action":"off"}`, "act power on s1"},
		{"GET", console, "", "act console on s1"},
		{"POST", hear, "{}", "act call/hear on s1"},
		{"POST", transact, `{"operations":[{"call":{"entity":"s1","method":"hear"}}]}`, ""},
	}
	for _, r := range requests {
		if status, answer := f.ask("bob", r.method, r.target, r.body); status != http.StatusForbidden {
			t.Errorf("%s %s without a grant: %d %s", r.method, r.target, status, answer)
		}
	}
	for _, r := range requests {
		if r.grant != "" {
			f.grant("bob", r.grant)
		}
		if status, answer := f.ask("bob", r.method, r.target, r.body); status != http.StatusOK || strings.Contains(answer, "hush-hush") {
			t.Errorf("%s %s with a grant: %d %s", r.method, r.target, status, answer)
		}
	}
	if _, answer := f.ask("ann", "POST", hear, "{}"); !strings.Contains(answer, "hush-hush") {
		t.Errorf("an administrator hears %s", answer)
	}
}

// TestStreamEnds checks that who follows the changes is cut off when the token is
// revoked.
func TestStreamEnds(t *testing.T) {
	t.Parallel()
	f := newSite(t, nil)
	server := httptest.NewServer(f.answer)
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+httpapi.Prefix+"/changes", nil)
	f.ok(err)
	r.Header.Set("Authorization", "Bearer "+f.tokens["bob"])
	answer, err := server.Client().Do(r)
	f.ok(err)
	defer answer.Body.Close()
	first := make([]byte, 1)
	if _, err := answer.Body.Read(first); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status, err)
	}
	f.ok(f.door.accounts.Kept.RevokeToken(ctx, "bob", "test"))
	rest, err := io.ReadAll(answer.Body)
	if err != nil || !strings.Contains(string(rest), "event: end") || !strings.Contains(string(rest), "revoked") {
		t.Errorf("the stream ends with %q, %v", rest, err)
	}
}
