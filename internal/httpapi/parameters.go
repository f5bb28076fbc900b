package httpapi

import (
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/nearest"
)

// queryParameters returns the names of all parameters that operations take in a
// query, sorted.
func queryParameters() []string {
	var names []string
	operations := reflect.TypeFor[ServerInterface]()
	for i := range operations.NumMethod() {
		method := operations.Method(i).Type
		parameters := method.In(method.NumIn() - 1)
		if parameters.Kind() != reflect.Struct {
			continue // the operation has none
		}
		for j := range parameters.NumField() {
			if name, _, _ := strings.Cut(parameters.Field(j).Tag.Get("form"), ","); name != "" {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// knowParameters returns ErrInvalid if the query of a request has a parameter that no
// operation has. Who mistypes dry_run does not want to see it done, and who mistypes
// a filter does not want everything.
func (s *Server) knowParameters(given url.Values) error {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if slices.Contains(s.parameters, name) {
			continue
		}
		err := clusto.Errorf(clusto.ErrInvalid, "there is no parameter %q", name)
		if hint := nearest.Question(nearest.Names(name, s.parameters)...); hint != "" {
			return clusto.WithHint(err, "%s", hint)
		}
		return clusto.WithHint(err, "%s/openapi.yaml describes those there are", Prefix)
	}
	return nil
}
