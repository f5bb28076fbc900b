// Package operation carries out the operations of the API's transactions on an
// inventory: [Run] all of a request in one version or not at all, [Apply] in a
// transaction that is open already. It knows no HTTP: what limits a request, and
// who may do what, is the business of those who call it.
//
// The life of a request: Run opens the transaction; Apply looks up all names that
// the operations mention, does one after the other, and if one fails does those
// after it each by itself, so that [Errors] has everything that is wrong; Run asks
// the transaction for the difference that it makes, and keeps or gives it up.
package operation
