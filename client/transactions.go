package client

import (
	"context"
	"io"
	"net/http"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client/internal/rest"
)

// ExportOptions are what is exported, and as what.
type ExportOptions = api.ExportParams

// ImportOptions are how a file is imported. Without an IdempotencyKey it has a
// random one.
type ImportOptions = api.ImportParams

// Transact does many operations at once, all or nothing. ch.Description and
// ch.DryRun are those of the transaction if it has none of its own.
func (c *Client) Transact(ctx context.Context, t api.Transaction, ch Change) (*api.Changed, error) {
	if t.Description == "" {
		t.Description = ch.Description
	}
	t.DryRun = t.DryRun || ch.DryRun
	t.Operations = list(t.Operations)
	return c.change(ctx, ch, api.TransactParams{IdempotencyKey: c.key(ch)})(rest.NewTransactRequest(c.base, nil, t))
}

// mediaTypes are the types of the formats of export and import.
var mediaTypes = map[string]string{
	"": "application/x-ndjson", string(api.ExportParamsFormatJsonl): "application/x-ndjson",
	string(api.ExportParamsFormatCsv): "text/csv",
}

// Export returns entities as JSON Lines or as a table, as they come. Reading
// returns ErrUnavailable if not all of them came. It must be closed.
func (c *Client) Export(ctx context.Context, o ExportOptions) (io.ReadCloser, error) {
	return c.stream(ctx, o, mediaTypes[string(o.Format)])(rest.NewExportRequest(c.base, nil))
}

// TableFile returns what a query finds as a file of CSV or JSON, as its rows come.
// Reading returns ErrUnavailable if not all of them came. It must be closed.
func (c *Client) TableFile(ctx context.Context, o api.QueryFileParams) (io.ReadCloser, error) {
	media := "text/csv"
	if o.Format == api.QueryFileParamsFormatJson {
		media = "application/json"
	}
	return c.stream(ctx, o, media)(rest.NewQueryFileRequest(c.base, nil))
}

// Import makes or changes entities as a file says. If r is a file, or in memory,
// it can be sent again when the connection is lost; what comes from a pipe is sent once.
func (c *Client) Import(ctx context.Context, r io.Reader, o ImportOptions) (*api.ImportReport, error) {
	if o.IdempotencyKey == "" {
		o.IdempotencyKey = c.key(Change{})
	}
	kind, known := mediaTypes[string(o.Format)]
	if !known {
		return nil, clusto.Errorf(clusto.ErrInvalid, "there is no format %q", o.Format)
	}
	req, err := rest.NewImportRequestWithBody(c.base, nil, kind, http.NoBody)
	if err != nil {
		return nil, err
	}
	if err := setBody(req, r); err != nil {
		return nil, err
	}
	return fetch[api.ImportReport](ctx, c.patient(), o)(req, nil)
}

// setBody makes r the body of a request, if possible so that it can be sent again.
func setBody(req *http.Request, r io.Reader) error {
	req.Body, req.GetBody, req.ContentLength = io.NopCloser(r), nil, -1
	file, ok := r.(interface {
		io.ReaderAt
		io.Seeker
	})
	if !ok {
		return nil
	}
	start, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil // a pipe has the methods too
	}
	end, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	req.ContentLength = max(end-start, 0)
	req.GetBody = func() (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(file, start, end-start)), nil
	}
	if req.ContentLength == 0 {
		req.GetBody, req.Body = nil, http.NoBody
	}
	return nil
}
