// Package api is the contract of clusto's HTTP API: openapi.yaml, and the types
// of its bodies, which "go generate" makes of it. The server's half is in
// internal/httpapi, the client's in client.
package api

import _ "embed"

//go:generate go tool oapi-codegen -config models.yaml openapi.yaml
//go:generate go tool oapi-codegen -config server.yaml openapi.yaml
//go:generate go tool oapi-codegen -config client.yaml openapi.yaml
//go:generate go run ./parameters openapi.yaml ../internal/httpapi/parameters_gen.go

// Spec is the contract, in OpenAPI 3.1.
//
//go:embed openapi.yaml
var Spec []byte
