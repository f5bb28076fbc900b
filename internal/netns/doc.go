// Package netns makes network namespaces for tests and benchmarks: networks of
// their own, with addresses and interfaces that nothing else on the machine sees.
//
// A [Space] is a namespace without a name. It is held by a thread of this process
// alone, so that it is gone, with its interfaces and with the processes started in
// it, when it is closed or when the process ends, however that happens. Making one
// needs root and Linux; setting it up needs ip(8).
package netns
