// Package cli is the commands of the clusto program, one file each. It reads
// the flags, the environment and the configuration file, asks the inventory
// through the contracts of the root package, and prints.
//
// It knows no database and no daemon: package app hands it an [Env] with the
// functions that open and run them. Start with [Run]; a command is a function
// that returns a *cobra.Command, listed in commands in run.go.
//
// Errors end in one place: a command returns them, Run prints them on standard
// error, and exitStatus turns their kind into the status of the process.
package cli
