package alloctest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// checker compares what workers were told with the history.
type checker struct {
	edits    map[clusto.Version][]clusto.Edit
	infos    []clusto.VersionInfo
	versions int
	pools    map[string][]string
	problems []string
}

// maxProblems is how many problems are told: one bug makes thousands.
const maxProblems = 20

// newChecker reads the whole history.
func newChecker(ctx context.Context, store clusto.Store) (*checker, error) {
	c := &checker{edits: map[clusto.Version][]clusto.Edit{}, pools: pools()}
	err := store.View(ctx, clusto.Live, func(r clusto.Reader) error {
		h, err := clusto.Past(r)
		if err != nil {
			return err
		}
		for e, err := range h.Edits(ctx, clusto.EditMatch{}) {
			if err != nil {
				return err
			}
			c.edits[e.Version] = append(c.edits[e.Version], e)
		}
		c.infos, err = clusto.Collect(h.FindVersions(ctx, clusto.VersionMatch{}))
		return err
	})
	c.versions = len(c.infos)
	return c, err
}

func (c *checker) problem(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

// check goes through the versions, and what was told of each.
func (c *checker) check(l *log) []string {
	answers := map[clusto.Version][]event{}
	for _, e := range l.answers {
		answers[e.Version] = append(answers[e.Version], e)
	}
	refusals := slices.Clone(l.refusals)
	slices.SortFunc(refusals, func(a, b event) int { return cmp.Compare(a.Seen, b.Seen) })
	s := newState()
	for _, info := range c.infos {
		n := 0
		for n < len(refusals) && refusals[n].Seen < info.Version {
			c.refusal(s, refusals[n])
			n++
		}
		refusals = refusals[n:]
		s.apply(c.edits[info.Version])
		for _, problem := range s.problems() {
			c.problem("version %d by %s: %s", info.Version, info.User, problem)
		}
		c.told(s, l, info, answers[info.Version])
		delete(answers, info.Version)
	}
	for _, e := range refusals {
		c.refusal(s, e)
	}
	for version, events := range answers {
		c.problem("%s was told of version %d, which there is not", events[0].Worker, version)
	}
	c.last(s, l)
	if len(c.problems) > maxProblems {
		c.problems = append(c.problems[:maxProblems], fmt.Sprintf("and %d problems more", len(c.problems)-maxProblems))
	}
	return c.problems
}

// told checks the answers of one version: exactly one, which is true.
func (c *checker) told(s *state, l *log, info clusto.VersionInfo, events []event) {
	if info.Description == "" && info.User != "" && len(events) == 0 && !l.killed[info.User] {
		c.problem("version %d by %s: nobody was told of it", info.Version, info.User)
	}
	for i, e := range events {
		if i > 0 || e.Worker != info.User {
			c.problem("version %d by %s: %s was told of it", info.Version, info.User, e.Worker)
		}
		for _, x := range e.Took {
			if !s.owned(x) {
				c.problem("version %d: %s was told that it took %s, and nobody has it", info.Version, e.Worker, x)
			}
			if of, ok := c.workerOf(s, x); ok && of != e.Worker {
				c.problem("version %d: %s was told that it took %s, and %s has it", info.Version, e.Worker, x, of)
			}
		}
		for _, x := range e.Gave {
			if s.owned(x) && !slices.Contains(e.Took, x) {
				c.problem("version %d: %s gave %s back, and it is not free", info.Version, e.Worker, x)
			}
		}
	}
}

// workerOf returns the worker that has a resource from a manager.
func (c *checker) workerOf(s *state, x claim) (string, bool) {
	if !slices.ContainsFunc(managers, func(m manager) bool { return m.name == x.Pool }) {
		return "", false
	}
	for owner := range s.owners[x] {
		name, _, _ := strings.Cut(owner, " ")
		return name, true
	}
	return "", false
}

// refusal checks that there was a reason for one.
func (c *checker) refusal(s *state, e event) {
	for _, x := range e.Refused {
		if x.Text != "" {
			if !s.owned(x) {
				c.problem("after version %d %s was refused %s, which was free", e.Seen, e.Worker, x)
			}
			continue
		}
		for _, text := range c.pools[x.Pool] {
			if free := (claim{x.Pool, text}); !s.owned(free) {
				c.problem("after version %d %s was refused anything of %s, and %s was free", e.Seen, e.Worker, x.Pool, text)
				break
			}
		}
	}
}

// last checks that at the end everybody has what he was told, and nobody else
// has anything.
func (c *checker) last(s *state, l *log) {
	events := slices.Clone(l.answers)
	slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(a.Version, b.Version) })
	has := map[claim]string{}
	for _, e := range events {
		for _, x := range e.Gave {
			delete(has, x)
		}
		for _, x := range e.Took {
			has[x] = e.Worker
		}
	}
	for x, worker := range has {
		if !s.owned(x) && !l.killed[worker] {
			c.problem("at the end %s does not have %s", worker, x)
		}
	}
	if len(l.killed) > 0 { // who was not told of his last version
		return
	}
	for pool, texts := range c.pools {
		for _, text := range texts {
			x := claim{pool, text}
			if _, ok := has[x]; s.owned(x) && !ok {
				c.problem("at the end somebody has %s, of which nobody was told", x)
			}
		}
	}
}
