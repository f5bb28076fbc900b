// Command clusto is the source of truth for a server fleet: see package app for
// how it is put together, and "clusto --help" for what it does.
package main

import (
	"os"

	"github.com/clusto/clusto/app"
	"github.com/clusto/clusto/driver/all"
)

func main() {
	os.Exit(app.CLI(all.Drivers(), os.Args))
}
