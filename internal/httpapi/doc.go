// Package httpapi serves clusto's HTTP API, which api/openapi.yaml describes.
package httpapi
