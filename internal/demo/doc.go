// Package demo shows clusto's main job on one machine: it describes a small
// datacenter, starts the trap daemon on a free port, and lets imitated switches
// send it real SNMP traps over UDP. Everything that happens is what happens in
// production; only the switches are not there.
//
// [Run] plays the acts of story.go, one trap after the other, and waits after
// each until the daemon has told what came of it. [GoOn] has the switches report
// more machines to a daemon that somebody else runs.
package demo
