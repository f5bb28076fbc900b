package client

import (
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// joined are the parameters that take a list in one text, with commas.
var joined = []string{"fields", "expand"}

// addParams gives a request the parameters that are set in a struct of package
// api that has them: fields with the tag form go into the query, others into the
// header. What is zero is left out, so that the server's defaults hold.
func addParams(req *http.Request, params any) {
	if params == nil {
		return
	}
	query := url.Values{}
	v := reflect.ValueOf(params)
	for i := range v.NumField() {
		field, value := v.Type().Field(i), v.Field(i)
		if value.IsZero() {
			continue
		}
		if tag, ok := field.Tag.Lookup("form"); ok {
			name, _, _ := strings.Cut(tag, ",")
			query[name] = texts(value)
			if slices.Contains(joined, name) {
				query[name] = []string{strings.Join(query[name], ",")}
			}
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		req.Header.Set(name, texts(value)[0])
	}
	req.URL.RawQuery = query.Encode()
}

// texts returns the value of a parameter, or its values.
func texts(v reflect.Value) []string {
	switch v.Kind() {
	case reflect.Pointer:
		return texts(v.Elem())
	case reflect.Slice:
		var all []string
		for i := range v.Len() {
			all = append(all, texts(v.Index(i))...)
		}
		return all
	case reflect.Bool:
		return []string{strconv.FormatBool(v.Bool())}
	case reflect.Int, reflect.Int64:
		return []string{strconv.FormatInt(v.Int(), 10)}
	}
	return []string{v.String()}
}
