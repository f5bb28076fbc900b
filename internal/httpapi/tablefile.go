package httpapi

import (
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/query"
)

const formatJSON = "json"

// rowsAtOnce is of how many entities a file's rows are asked for together.
const rowsAtOnce = 2000

// QueryFile answers queryFile. What goes wrong after the first bytes ends the
// connection, so that nobody takes half a table for a whole one.
func (s *Server) QueryFile(w http.ResponseWriter, r *http.Request, params api.QueryFileParams) {
	ctx := r.Context()
	asked := &question{now: s.options.Now, text: params.Query, merge: params.MergeAttrs}
	parsed, parseErr := asked.parse()
	show, showErr := newSheet("", params.Column)
	order, orderErr := newOrder(params.Sort)
	name := cmp.Or(string(params.Format), formatCSV)
	out := &started{w: w, media: "text/csv; charset=utf-8"}
	if name == formatJSON {
		out.media = "application/json"
	}
	err := cmp.Or(parseErr, showErr, orderErr, oneOf("format", name, formatCSV, formatJSON))
	if err == nil {
		err = s.view(ctx, params.At, func(inv *clusto.Inventory) error {
			found, err := parsed.Run(ctx, inv, asked.options())
			if err == nil {
				err = order.sort(ctx, inv, found, asked.options())
			}
			if err != nil {
				return err
			}
			buffered := bufio.NewWriterSize(out, 1<<16)
			file := &tableFile{columns: show.columns, out: buffered, harmless: params.Harmless}
			if err := file.write(ctx, inv, found, name, asked.options()); err != nil {
				return err
			}
			return buffered.Flush()
		})
	}
	switch {
	case err != nil && !out.begun:
		s.fail(w, r, err)
	case err != nil:
		s.options.Log.Error("file broken off", "request", s.options.RequestID(ctx), "err", err)
		panic(http.ErrAbortHandler)
	}
}

// tableFile writes a table as a file.
type tableFile struct {
	columns  query.Columns
	out      *bufio.Writer
	harmless bool
}

// write writes the rows of entities in a format.
func (f *tableFile) write(ctx context.Context, inv *clusto.Inventory, found []clusto.Entity, format string, o query.Options) error {
	if format == formatJSON {
		return f.writeJSON(ctx, inv, found, o)
	}
	w := csv.NewWriter(f.out)
	if err := w.Write(f.columns.Names()); err != nil {
		return err
	}
	err := f.each(ctx, inv, found, o, func(row query.Row) error {
		texts := row.Texts()
		if f.harmless {
			for i := range texts {
				texts[i] = harmless(texts[i])
			}
		}
		return w.Write(texts)
	})
	w.Flush()
	return cmp.Or(err, w.Error())
}

// harmless returns a text that no program takes for a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

func (f *tableFile) writeJSON(ctx context.Context, inv *clusto.Inventory, found []clusto.Entity, o query.Options) error {
	before := "[\n"
	err := f.each(ctx, inv, found, o, func(row query.Row) error {
		object, err := f.columns.MarshalRow(row)
		if err != nil {
			return err
		}
		_, err = io.WriteString(f.out, before+string(object))
		before = ",\n"
		return err
	})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		before = "["
	} else {
		before = "\n"
	}
	_, err = io.WriteString(f.out, before+"]\n")
	return err
}

// each calls fn with the row of each entity.
func (f *tableFile) each(ctx context.Context, inv *clusto.Inventory, found []clusto.Entity, o query.Options, fn func(query.Row) error) error {
	for some := range slices.Chunk(found, rowsAtOnce) {
		rows, err := f.columns.Rows(ctx, inv, some, o)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := fn(row); err != nil {
				return err
			}
		}
	}
	return nil
}
