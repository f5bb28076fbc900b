// Package apidocs serves pages that document the HTTP API, where requests can be
// tried. They come from the program itself and ask no other host for anything.
//
// What shows the contract is Swagger UI. bundle has its files as they were
// published, compressed; renew.sh puts those of another version there.
package apidocs
