package fsck

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// Severity says how bad a finding is.
type Severity string

// The severities, the worst first.
const (
	Error   Severity = "error"   // something is wrong: answers mislead, or something is used twice
	Warning Severity = "warning" // it does no harm now, and may later
	Info    Severity = "info"    // nothing is wrong; worth to know
)

// rank orders severities, the worst first.
func (s Severity) rank() int { return slices.Index([]Severity{Error, Warning, Info}, s) }

// Finding is something that a check found.
type Finding struct {
	Check      string   `json:"check"`
	Severity   Severity `json:"severity"`
	Things     []string `json:"things"`     // the entities that it is about, by name
	Problem    string   `json:"problem"`    // what is wrong
	Remedy     string   `json:"remedy"`     // what repair does, or what a person has to
	Repairable bool     `json:"repairable"` // whether Repair does it
	mending    mending
}

// Options are how to look. Drivers is required.
type Options struct {
	// Drivers say what the entities are.
	Drivers *clusto.Registry
	// Only limits to these checks; nil means all.
	Only []string
	// Progress, if not nil, is told now and then how many attributes were read.
	Progress func(attrs int)
}

// Report is what was found, and done.
type Report struct {
	Entities   int       `json:"entities"`   // that were looked at
	Attributes int       `json:"attributes"` // that were looked at
	Findings   []Finding `json:"findings"`   // what is wrong, or left to be done; the worst first
	Repaired   []Finding `json:"repaired"`   // by Repair, in order
	// More has for each check that found more than MaxFindings how many more.
	More map[string]int `json:"more,omitempty"`
}

// MaxFindings is how many findings of one check are kept at a time. Repair
// comes to the others when it has repaired these.
const MaxFindings = 10_000

// Worst returns the severity of the worst finding, or "" if there is none.
func (r *Report) Worst() Severity {
	if len(r.Findings) == 0 {
		return ""
	}
	return r.Findings[0].Severity
}

// Count returns how many findings are of a severity, and how many of these Repair
// can repair.
func (r *Report) Count(s Severity) (all, repairable int) {
	for _, f := range r.Findings {
		if f.Severity == s {
			all++
			if f.Repairable {
				repairable++
			}
		}
	}
	return all, repairable
}

// Check looks for what is wrong in the state that r shows. It returns
// ErrNotFound if o names an unknown check, and ErrUnsupported if r is no
// clusto.Auditor.
func Check(ctx context.Context, r clusto.Reader, o Options) (Report, error) {
	auditor, ok := r.(clusto.Auditor)
	if !ok {
		return Report{}, clusto.Errorf(clusto.ErrUnsupported, "what is read from here does not show its rows, so it cannot be checked")
	}
	chosen, err := choose(o.Only)
	if err != nil {
		return Report{}, err
	}
	w := newWorld(auditor, o)
	if err := w.look(ctx, chosen); err != nil {
		return Report{}, err
	}
	report := Report{Entities: len(w.entities), Attributes: w.attrs, Findings: w.findings, More: w.more}
	slices.SortStableFunc(report.Findings, func(a, b Finding) int { return cmp.Compare(a.Severity.rank(), b.Severity.rank()) })
	return report, nil
}

// maxRounds bounds how often Repair looks again. What one repair leaves for
// another, such as an address whose manager turned out not to exist, takes two
// or three.
const maxRounds = 50

// Repair repairs in tx what can be repaired, describes that as the reason of the
// version being made, and returns what it did and what is left. Besides the
// errors of Check it returns those of tx.
func Repair(ctx context.Context, tx clusto.Tx, o Options) (Report, error) {
	mender, ok := tx.(clusto.Mender)
	if !ok {
		return Report{}, clusto.Errorf(clusto.ErrUnsupported, "this database can be checked, but not repaired")
	}
	var repaired []Finding
	for range maxRounds {
		report, err := Check(ctx, tx, o)
		if err != nil {
			return Report{}, err
		}
		done, err := repairAll(ctx, tx, mender, report.Findings)
		if err != nil {
			return Report{}, fmt.Errorf("repair: %w", err)
		}
		if len(done) == 0 {
			report.Repaired = repaired
			if len(repaired) > 0 {
				tx.Describe(describe(repaired))
			}
			return report, nil
		}
		repaired = append(repaired, done...)
	}
	return Report{}, fmt.Errorf("repair: there is still something to repair after %d rounds, such as: %s", maxRounds, repaired[len(repaired)-1].Problem)
}

// repairAll repairs those of the findings that can be repaired and returns
// them. One that wants to change a row that another has changed already is left
// for the next round, which may see it differently.
func repairAll(ctx context.Context, tx clusto.Tx, mender clusto.Mender, findings []Finding) ([]Finding, error) {
	var done []Finding
	touched := map[clusto.AttrID]bool{}
	for _, f := range findings {
		if !f.Repairable || slices.ContainsFunc(f.mending.end, func(id clusto.AttrID) bool { return touched[id] }) {
			continue
		}
		for _, id := range f.mending.end {
			touched[id] = true
		}
		if err := f.mending.apply(ctx, tx, mender); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", f.Check, f.Problem, err)
		}
		done = append(done, f)
	}
	return done, nil
}

// maxDescribed is how many repairs the description of the version lists.
const maxDescribed = 100

// describe returns the description of a version that did these repairs.
func describe(repaired []Finding) string {
	text := fmt.Sprintf("fsck: %s repaired", plural(len(repaired), "thing"))
	for i, f := range repaired {
		if i == maxDescribed {
			return text + fmt.Sprintf("\n… and %d more", len(repaired)-i)
		}
		text += fmt.Sprintf("\n%s: %s: %s", f.Check, f.Problem, f.Remedy)
	}
	return text
}

// plural returns a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok {
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
