package signin_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/signin"
	"github.com/clusto/clusto/internal/testenv"
)

// installIssuer returns a directory with the issuer of testdata/issuer and what it
// is made of. It is kept for the next time.
func installIssuer(t *testing.T) string {
	t.Helper()
	testenv.Require(t, "node", "npm")
	files := map[string][]byte{}
	sum := sha256.New()
	for _, name := range []string{"package.json", "package-lock.json", "issuer.mjs"} {
		text, err := os.ReadFile(filepath.Join("testdata/issuer", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = text
		sum.Write(text)
	}
	dir := filepath.Join(os.TempDir(), "clusto-test-issuer-"+hex.EncodeToString(sum.Sum(nil))[:16])
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err == nil {
		return dir
	}
	making, err := os.MkdirTemp(os.TempDir(), "clusto-test-issuer-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(making)
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(making, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	npm := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", filepath.Join(making, "cache"))
	npm.Dir = making
	if out, err := npm.CombinedOutput(); err != nil {
		if strings.Contains(os.Getenv("CLUSTO_TEST_REQUIRE"), "node") {
			t.Fatalf("npm cannot install the issuer: %v\n%s", err, out)
		}
		t.Skipf("npm cannot install the issuer: %v", err)
	}
	_ = os.RemoveAll(filepath.Join(making, "cache"))
	if err := os.Rename(making, dir); err != nil && !os.IsExist(err) {
		if _, there := os.Stat(filepath.Join(dir, "node_modules")); there != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// startIssuer starts the issuer and returns its address.
func startIssuer(t *testing.T, redirect string) string {
	t.Helper()
	node := exec.CommandContext(t.Context(), "node", "issuer.mjs", redirect)
	node.Dir = installIssuer(t)
	stdin, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close() // it ends then
		_ = node.Wait()
	})
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if address := lines.Text(); strings.HasPrefix(address, "http://") {
			go func() { _, _ = io.Copy(io.Discard, stdout) }()
			return address
		}
	}
	t.Fatal("the issuer does not say where it is")
	return ""
}

// browser is a client that keeps cookies and follows redirects.
func browser(t *testing.T, server *httptest.Server) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := *server.Client()
	c.Jar = jar
	t.Cleanup(c.CloseIdleConnections)
	return &c
}

// formAction is where a page's form goes.
var formAction = regexp.MustCompile(`<form[^>]* action="([^"]+)"`)

// fill fills the form of a page.
func fill(t *testing.T, c *http.Client, page *http.Response, fields url.Values) *http.Response {
	t.Helper()
	text, err := io.ReadAll(page.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = page.Body.Close()
	m := formAction.FindSubmatch(text)
	if m == nil {
		t.Fatalf("%s has no form: %s", page.Request.URL, text)
	}
	to, err := page.Request.URL.Parse(html.UnescapeString(string(m[1])))
	if err != nil {
		t.Fatal(err)
	}
	next, err := c.PostForm(to.String(), fields)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// TestIssuer signs in by way of a real issuer, as a person with a browser does.
func TestIssuer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.ok(h.accounts.CreateGroup(t.Context(), clusto.Group{Name: "ops"}))
	h.ok(h.accounts.CreateGroup(t.Context(), clusto.Group{Name: "dba"})) // it is ours alone
	mux := http.NewServeMux()
	mux.Handle("/", h.door)
	server := httptest.NewTLSServer(mux)
	defer server.Close()
	issuer := startIssuer(t, server.URL+signin.CallbackPath)
	o, err := signin.NewOIDC(h.gate, signin.OIDCOptions{
		Issuer: issuer, ClientID: "clusto", ClientSecret: "the-secret-of-clusto", Redirect: server.URL,
		Scopes: []string{"profile", "email", "groups"}, UserClaim: "preferred_username", GroupsClaim: "groups",
	})
	h.ok(err)
	o.Register(mux)

	c := browser(t, server)
	page, err := c.Get(server.URL + signin.LoginPath + "?to=/racks%3Frow=1")
	h.ok(err)
	page = fill(t, c, page, url.Values{"prompt": {"login"}, "login": {"carl"}, "password": {"x"}})
	page = fill(t, c, page, url.Values{"prompt": {"consent"}})
	defer page.Body.Close()
	if got := body(t, page); got != "carl by session" || page.Request.URL.RequestURI() != "/racks?row=1" {
		t.Fatalf("%s answers %d %s\n%s", page.Request.URL, page.StatusCode, got, &h.log)
	}
	carl, err := h.accounts.User(t.Context(), "carl")
	h.ok(err)
	if carl.FullName != "Full carl" || carl.Email != "carl@example.com" || len(carl.Identities) != 1 || carl.Identities[0].Issuer != issuer {
		t.Errorf("the user is %+v", carl)
	}
	groups, err := h.accounts.Groups(t.Context())
	h.ok(err)
	for _, g := range groups {
		if in := len(g.Members) == 1; in != (g.Name == "ops") {
			t.Errorf("in the group %s are %v", g.Name, g.Members)
		}
	}

	// Whoever takes the name of somebody who is here does not become them.
	c = browser(t, server)
	page, err = c.Get(server.URL + signin.LoginPath)
	h.ok(err)
	page = fill(t, c, page, url.Values{"prompt": {"login"}, "login": {"ann"}, "password": {"x"}})
	page = fill(t, c, page, url.Values{"prompt": {"consent"}})
	defer page.Body.Close()
	if got := body(t, page); page.StatusCode != http.StatusForbidden || !strings.Contains(got, "there is a user ann already") {
		t.Errorf("%d %s", page.StatusCode, got)
	}
	if strings.Contains(h.log.String(), "the-secret-of-clusto") {
		t.Errorf("the secret is in the log: %s", &h.log)
	}
}
