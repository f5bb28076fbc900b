// Package app puts clusto together: it is the only package that knows the
// databases and the daemons. [CLI] is the whole program; whoever builds one with
// drivers of their own calls it with another registry:
//
//	drivers := all.Drivers()
//	drivers.Register(mine.Switch)
//	os.Exit(app.CLI(drivers, os.Args))
package app

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/cli"
)

// CLI runs the clusto program with the drivers that it is to know, and returns
// its exit status. args are the program's name and arguments, as in os.Args:
// called as clusto-shell, clusto-httpd, clusto-snmptrapd or clusto-dhcpd it runs that command. SIGINT and
// SIGTERM end what runs.
func CLI(drivers *clusto.Registry, args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := &program{drivers: drivers, releaseSignals: stop}
	return cli.Run(ctx, cli.Env{
		Stdin:         os.Stdin,
		Stdout:        os.Stdout,
		Stderr:        os.Stderr,
		Getenv:        os.Getenv,
		Drivers:       drivers,
		Open:          openStore,
		Connect:       p.connect,
		InitDB:        initDB,
		Copy:          copyDatabase,
		Backup:        backUp,
		Restore:       restore,
		Examine:       examine,
		LoadLibrary:   p.loadLibrary,
		RunFile:       p.runFile,
		Shell:         p.runShell,
		ScriptChild:   p.scriptChild,
		RunTrapDaemon: p.runTrapDaemon,
		RunDHCPDaemon: p.runDHCPDaemon,
		Serve:         p.serve,
		RunDemo:       p.runDemo,
	}, args)
}

// program is what the commands share.
type program struct {
	drivers *clusto.Registry
	// releaseSignals gives SIGINT and SIGTERM back their usual effect.
	releaseSignals func()
}
