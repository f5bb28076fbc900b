package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"net/http"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/convert"
	"github.com/clusto/clusto/internal/convert/csv"
	"github.com/clusto/clusto/internal/convert/jsonl"
)

// Formats of files.
const (
	formatJSONL = "jsonl"
	formatCSV   = "csv"
)

// format returns the format that a parameter says, and its media type.
func format(param string) (name, media string, err error) {
	switch param {
	case "", formatJSONL:
		return formatJSONL, "application/x-ndjson", nil
	case formatCSV:
		return formatCSV, "text/csv; charset=utf-8", nil
	}
	return "", "", clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the format %.40q is not known", param), "use %s or %s", formatJSONL, formatCSV)
}

// Export answers export. What goes wrong after the first bytes ends the
// connection, so that nobody takes half an inventory for a whole one.
func (s *Server) Export(w http.ResponseWriter, r *http.Request, params api.ExportParams) {
	name, media, err := format(string(params.Format))
	if err == nil && params.Column != nil && name != formatCSV {
		err = clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "only tables have columns"), "add format=csv")
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	out := &started{w: w, media: media}
	ctx := r.Context()
	err = s.view(ctx, params.At, func(inv *clusto.Inventory) error {
		if name == formatCSV {
			return csv.Export(ctx, inv, out, params.Column)
		}
		return jsonl.Export(ctx, inv, out)
	})
	switch {
	case err == nil && !out.begun: // nothing was to be said
		s.write(w, http.StatusOK, media, nil)
	case err != nil && !out.begun:
		s.fail(w, r, err)
	case err != nil:
		s.options.Log.Error("export broken off", "request", s.options.RequestID(ctx), "err", err)
		panic(http.ErrAbortHandler)
	}
}

// started is an answer whose headers are written with its first bytes.
type started struct {
	w     http.ResponseWriter
	media string
	begun bool
}

func (o *started) Write(b []byte) (int, error) {
	if !o.begun {
		o.begun = true
		o.w.Header().Set("Content-Type", o.media)
	}
	return o.w.Write(b)
}

// Import answers import.
func (s *Server) Import(w http.ResponseWriter, r *http.Request, params api.ImportParams) {
	name, _, err := format(string(params.Format))
	if err == nil {
		err = s.options.Refresh()
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	read := jsonl.Import
	if name == formatCSV {
		read = csv.Import
	}
	ctx := r.Context()
	change := s.options.Change(ctx)
	if change.Description = params.Description; change.Description == "" {
		change.Description = "import"
	}
	o := convert.Options{Drivers: s.options.Drivers, Replace: params.Replace, Unchecked: params.Unchecked, DryRun: params.DryRun}
	var answer api.ImportReport
	o.Told = func(report convert.Report) { answer = showImport(&report, false) }
	file := &fileDigest{sha256.New()}
	err = s.once(ctx, r, params.IdempotencyKey, file, &answer, func(store clusto.Store) error {
		report, err := importFile(ctx, store, change, read, io.TeeReader(r.Body, file), o)
		answer = showImport(&report, params.DryRun)
		return err
	})
	if broken, ok := errors.AsType[*importError](err); ok {
		s.problem(w, r, broken.problem())
		return
	}
	s.reply(w, r, answer, err)
}

// fileDigest stands for a file in the fingerprint of a request.
type fileDigest struct{ hash.Hash }

// MarshalJSON implements json.Marshaler.
func (d *fileDigest) MarshalJSON() ([]byte, error) {
	return json.Marshal(hex.EncodeToString(d.Sum(nil)))
}

// importFile imports a file. It returns an *importError if something is wrong with
// what the file says.
func importFile(ctx context.Context, store clusto.Store, why clusto.Change, read convert.Importer, file io.Reader, o convert.Options) (convert.Report, error) {
	records, problems, err := convert.ReadAll(read, file, func(int) {})
	if err != nil {
		return convert.Report{}, err
	}
	report, err := convert.Import(ctx, store, why, records, problems, o)
	if err == nil && len(report.Problems) > 0 && !o.DryRun {
		err = &importError{report.Problems}
	}
	return report, err
}

// showImport returns a report as the API shows it.
func showImport(report *convert.Report, dryRun bool) api.ImportReport {
	shown := api.ImportReport{Changes: []api.ImportChange{}, Unchanged: report.Unchanged, Version: int64(report.Version), DryRun: dryRun}
	for _, c := range report.Changes {
		shown.Changes = append(shown.Changes, api.ImportChange{
			Name: c.Name, Type: c.Type, Driver: c.Driver, New: c.New, WasDriver: c.WasDriver, WasType: c.WasType,
			Removed: c.Removed, Added: c.Added, Into: c.Into,
		})
	}
	shown.Problems = problemItems(report.Problems)
	return shown
}

// problemItems returns what is wrong with a file as the API tells it.
func problemItems(problems []convert.Problem) []api.ProblemItem {
	var items []api.ProblemItem
	for _, p := range problems {
		item := api.ProblemItem{Line: p.Line, Detail: p.Error(), Hint: clusto.Hint(p.Err)}
		if kind := clusto.KindOf(p.Err); kind != nil {
			item.Kind = api.KindName(kind)
		}
		items = append(items, item)
	}
	return items
}

// importError is all that is wrong with a file. It is a clusto.ErrInvalid.
type importError struct{ problems []convert.Problem }

func (e *importError) Error() string        { return "the file has errors, and nothing was changed" }
func (e *importError) Is(target error) bool { return target == clusto.ErrInvalid }

// problem returns the error as the API tells it.
func (e *importError) problem() api.Problem {
	return api.Problem{
		Status: http.StatusBadRequest, Kind: api.KindName(clusto.ErrInvalid), Detail: e.Error(), Errors: problemItems(e.problems),
	}
}
