package httpapi_test

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/fsck"
	"github.com/clusto/clusto/internal/httpapi"
	"github.com/clusto/clusto/internal/signin"
)

var contractSeed = flag.Uint64("contract.seed", 0, "the seed of TestContract; 0 is the one of every day")

// maxBodyInTests is the limit of a body that servers of these tests have: more
// than the largest value that is tried.
const maxBodyInTests = 24 << 20

// contract is api.Spec: its operations, and its schemas ready to validate. Objects
// in answers may have only what is described.
type contract struct {
	doc        *openapi3.T
	operations []*operation
	compiler   *jsonschema.Compiler
	compiled   map[string]*jsonschema.Schema
}

// operation is an operation of the contract.
type operation struct {
	*openapi3.Operation
	method, path string
	parameters   []*openapi3.Parameter
}

func (o *operation) String() string { return o.OperationID }

// pointer returns where in the document something of the operation is.
func (o *operation) pointer(parts ...string) string {
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	at := "/paths/" + escape.Replace(o.path) + "/" + strings.ToLower(o.method)
	for _, part := range parts {
		at += "/" + escape.Replace(part)
	}
	return at
}

const specURL = "clusto:openapi.yaml"

// readContract reads api.Spec, and fails if it is no valid OpenAPI.
func readContract(tb testing.TB) *contract {
	tb.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(api.Spec)
	if err == nil {
		err = doc.Validate(context.Background())
	}
	if err != nil {
		tb.Fatal(err)
	}
	var tree any
	if err := yaml.Unmarshal(api.Spec, &tree); err != nil {
		tb.Fatal(err)
	}
	c := &contract{doc: doc, compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
	c.compiler.DefaultDraft(jsonschema.Draft2020)
	c.compiler.AssertFormat()
	if err := c.compiler.AddResource(specURL, closed(tree)); err != nil {
		tb.Fatal(err)
	}
	for path, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			op := &operation{Operation: o, method: method, path: path}
			for _, p := range append(slices.Clone(item.Parameters), o.Parameters...) {
				op.parameters = append(op.parameters, p.Value)
			}
			c.operations = append(c.operations, op)
		}
	}
	slices.SortFunc(c.operations, func(a, b *operation) int { return strings.Compare(a.OperationID, b.OperationID) })
	return c
}

// closed returns a tree of schemas in which objects have only the properties that
// are described, unless they say otherwise.
func closed(tree any) any {
	switch tree := tree.(type) {
	case map[string]any:
		for key, value := range tree {
			tree[key] = closed(value)
		}
		_, described := tree["properties"].(map[string]any)
		if _, says := tree["additionalProperties"]; described && !says && tree["type"] == "object" {
			tree["additionalProperties"] = false
		}
	case []any:
		for i, value := range tree {
			tree[i] = closed(value)
		}
	}
	return tree
}

// schema returns the schema at a place in the document.
func (c *contract) schema(pointer string) (*jsonschema.Schema, error) {
	if s, ok := c.compiled[pointer]; ok {
		return s, nil
	}
	s, err := c.compiler.Compile(specURL + "#" + pointer)
	if err == nil {
		c.compiled[pointer] = s
	}
	return s, err
}

// trial is a server whose answers are held against the contract. Everybody must
// sign in.
type trial struct {
	*contract
	store clusto.Store
	door  http.Handler
	token string // of somebody who may do everything
	words map[string][]string
}

func newTrial(tb testing.TB) *trial {
	tb.Helper()
	tr := &trial{contract: readContract(tb), store: classictest.Open(tb)}
	accounts := tr.openAccounts(tb)
	tr.words = vocabulary(tb, tr.store)
	h := httpapi.New(httpapi.Options{
		Store: func(ctx context.Context) clusto.Store {
			return access.Wrap(tr.store, signin.Subject(ctx), accounts.Policy)
		},
		Drivers:   all.Drivers(),
		Change:    func(ctx context.Context) clusto.Change { return clusto.Change{User: signin.Subject(ctx).Name} },
		RequestID: requestID,
		Discreet:  true,
		Accounts:  accounts,
		Now:       func() time.Time { return now },
		Release:   "test",
		Database:  string(dbtest.SQLite),
		MaxBody:   maxBodyInTests,
	})
	tr.door = accounts.Gate.(*signin.Gate).Handler(h)
	return tr
}

func requestID(context.Context) string { return "request-1" }

// openAccounts makes accounts, of which one may do everything.
func (tr *trial) openAccounts(tb testing.TB) *httpapi.Accounts {
	tb.Helper()
	policy, errPolicy := access.NewPolicy(access.Options{})
	kept, errKept := access.NewAccounts(tr.store, access.AccountsOptions{Hashing: access.Hashing{Memory: 64, Time: 1, Threads: 1}})
	if err := errors.Join(errPolicy, errKept); err != nil {
		tb.Fatal(err)
	}
	a := &httpapi.Accounts{Kept: kept, Auth: access.NewAuthenticator(kept, access.AuthOptions{}), Store: tr.store, Policy: policy, Required: true}
	gate, err := signin.New(signin.Options{Auth: a.Auth, RequestID: requestID, Open: func(r *http.Request) bool {
		return r.Method == http.MethodPost && r.URL.Path == httpapi.Prefix+"/session"
	}})
	if err != nil {
		tb.Fatal(err)
	}
	a.Gate = gate
	_, errUser := kept.CreateUser(tb.Context(), clusto.User{Name: "tester"}, "correct horse")
	_, errGrant := kept.Give(tb.Context(), clusto.Grant{User: "tester", Line: "admin"})
	secret, _, errToken := kept.IssueToken(tb.Context(), access.TokenRequest{User: "tester", Name: "trial"})
	if err := errors.Join(errUser, errGrant, errToken); err != nil {
		tb.Fatal(err)
	}
	tr.token = secret
	return a
}

// ServeHTTP answers a request of somebody who has signed in.
func (tr *trial) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Header.Set("Authorization", "Bearer "+tr.token)
	tr.door.ServeHTTP(w, r)
}

// TestContract makes random requests for every operation: right ones, nearly right
// ones and hostile ones, and checks each answer. What the inventory is afterwards
// must be as sound as it was before. The flag -contract.seed repeats a run.
func TestContract(t *testing.T) {
	seed := *contractSeed
	if seed == 0 {
		seed = 20261122
	}
	t.Logf("-contract.seed=%d", seed)
	rounds := 40
	if testing.Short() {
		rounds = 4
	}
	trial := newTrial(t)
	before := findings(t, trial.store)
	random := rand.New(rand.NewPCG(seed, 0))
	failed := map[*operation]bool{}
	for round := range rounds {
		for _, op := range trial.operations {
			g := &generator{Rand: random, words: trial.words, mood: moods[round%len(moods)]}
			if r := g.request(op); !failed[op] && !trial.try(t, op, r) {
				failed[op] = true // one mistake of each is enough at a time
			}
		}
	}
	for _, finding := range news(before, findings(t, trial.store)) {
		t.Errorf("new in the inventory: %s", finding)
	}
	trial.answers(t)
}

// TestNobody makes the same requests without signing in, or with what signs nobody
// in: none has an answer.
func TestNobody(t *testing.T) {
	t.Parallel()
	trial := newTrial(t)
	random := rand.New(rand.NewPCG(1, 2))
	credentials := []http.Header{
		{}, {"Authorization": {"Bearer x"}}, {"Authorization": {"Bearer " + trial.token + "x"}}, {"Authorization": {"Basic dGVzdGVyOng="}},
		{"Authorization": {"Bearer " + trial.token, "Basic x"}}, {"Authorization": {"\x80"}}, {"Cookie": {"clusto_session=x"}}, {"Cookie": {"clusto_session="}},
	}
	for round := range 3 * len(credentials) {
		for _, op := range trial.operations {
			g := &generator{Rand: random, words: trial.words, mood: moods[round%len(moods)]}
			s := g.request(op)
			r := s.request(t.Context())
			if r == nil || op.OperationID == "signIn" {
				continue
			}
			maps.Copy(r.Header, credentials[round%len(credentials)])
			w := httptest.NewRecorder()
			trial.door.ServeHTTP(w, r)
			if w.Code != http.StatusUnauthorized && w.Code != http.StatusTooManyRequests {
				t.Errorf("%s: %d %.300s\n%s", op, w.Code, w.Body, s)
			}
			media, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
			if err := trial.checkProblem(w, media); err != nil {
				t.Errorf("%s: %v in %s", op, err, w.Body)
			}
		}
	}
}

// FuzzRequest makes requests out of the bytes of the fuzzer.
func FuzzRequest(f *testing.F) {
	f.Add([]byte("\x00\x01"))
	f.Add([]byte("a right one, a nearly right one and a hostile one"))
	f.Add([]byte("\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xf7"))
	trial := newTrial(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		random := rand.New(&choices{data: data})
		for range 4 {
			g := &generator{Rand: random, words: trial.words, mood: moods[random.IntN(len(moods))]}
			op := trial.operations[random.IntN(len(trial.operations))]
			trial.try(t, op, g.request(op))
		}
		trial.answers(t)
	})
}

// choices is a source of numbers that are chosen by bytes, as far as they go.
type choices struct {
	data []byte
	more uint64
}

// Uint64 implements rand.Source.
func (c *choices) Uint64() uint64 {
	c.more = c.more*6364136223846793005 + 1442695040888963407 // Knuth's generator, for what the bytes do not say
	number := c.more
	if len(c.data) >= 2 {
		number = uint64(binary.BigEndian.Uint16(c.data))<<48 | number>>16
		c.data = c.data[2:]
	}
	return number
}

// answers checks that the server still answers, with what there is.
func (tr *trial) answers(tb testing.TB) {
	tb.Helper()
	var page api.EntityPage
	get(tb, tr, "/entities?limit=5", &page)
	if len(page.Entities) == 0 {
		tb.Error("the inventory is empty")
	}
}

// news returns what was found more often than before.
func news(before, after map[string]int) []string {
	var more []string
	for finding, n := range after {
		if n > before[finding] {
			more = append(more, finding)
		}
	}
	slices.Sort(more)
	return more
}

// findings returns how often fsck finds what is wrong.
func findings(tb testing.TB, store clusto.Store) map[string]int {
	tb.Helper()
	found := map[string]int{}
	err := store.View(tb.Context(), clusto.Live, func(r clusto.Reader) error {
		report, err := fsck.Check(tb.Context(), r, fsck.Options{Drivers: all.Drivers()})
		for _, f := range report.Findings {
			// Whoever writes numbers of their own beside counted ones overtakes the counter.
			if f.Severity != "info" && f.Check != "counters" {
				found[fmt.Sprintf("%s %v: %s", f.Check, f.Things, f.Problem)]++
			}
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return found
}
