package httpapi

import (
	"net/http"
	"unicode/utf8"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/query"
)

// maxCompleted is how many bytes the text may have that is completed.
const maxCompleted = 400_000

// CompleteQuery answers completeQuery.
func (s *Server) CompleteQuery(w http.ResponseWriter, r *http.Request, params api.CompleteQueryParams) {
	var answer api.QueryCompletions
	position := utf8.RuneCountInString(params.Query)
	var err error
	switch {
	case len(params.Query) > maxCompleted:
		err = clusto.Errorf(clusto.ErrInvalid, "the parameter query has %d bytes, the limit is %d", len(params.Query), maxCompleted)
	case r.URL.Query().Has("position"):
		if position = params.Position; position < 0 {
			err = clusto.Errorf(clusto.ErrInvalid, "the parameter position cannot be %d", position)
		}
	}
	if err == nil {
		err = s.viewDriven(r.Context(), params.At, func(inv *clusto.Inventory) error {
			c, err := query.Complete(r.Context(), inv, params.Query, position, s.known())
			answer = api.QueryCompletions{From: c.From, To: c.To, Candidates: c.Candidates, More: c.More}
			return err
		})
	}
	s.reply(w, r, answer, err)
}

// known returns the types and drivers that there are.
func (s *Server) known() query.Known {
	known := query.Known{Types: s.options.Drivers.Types()}
	for _, d := range s.options.Drivers.Drivers() {
		known.Drivers = append(known.Drivers, d.Name)
	}
	return known
}
