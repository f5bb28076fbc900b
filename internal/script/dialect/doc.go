// Package dialect parses scripts.
package dialect
