package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/sqlstore"
)

// healthy is a store that tells about its database.
type healthy interface {
	Health(ctx context.Context) (sqlstore.Health, error)
}

// examine says how the database of a setting is.
func examine(ctx context.Context, s cli.Setting) []cli.Diagnosis {
	store, err := openStore(ctx, s.Database())
	if err != nil {
		return []cli.Diagnosis{{Subject: "database", State: cli.Ill, Finding: err.Error(), Advice: clusto.Hint(err)}}
	}
	defer store.Close()
	h, ok := store.(healthy)
	if !ok {
		return nil
	}
	health, err := h.Health(ctx)
	if err != nil {
		return []cli.Diagnosis{{Subject: "database", State: cli.Ill, Finding: err.Error(), Advice: clusto.Hint(err)}}
	}
	all := []cli.Diagnosis{
		reached(health), writable(health), tables(health), indexes(health), unique(health), history(health, s.Database().Unversioned), statistics(health),
	}
	if skew, ok := health.Skew.Get(); ok {
		all = append(all, clock(skew))
	}
	return append(all, files(health.Files)...)
}

// slowAnswer is from when on an answer of the database takes long.
const slowAnswer = 100 * time.Millisecond

func reached(h sqlstore.Health) cli.Diagnosis {
	d := cli.Diagnosis{Subject: "database", State: cli.Well}
	d.Finding = fmt.Sprintf("%s answers within %s; %d versions, %d entities with the deleted ones", h.Where, h.Answered.Round(10*time.Microsecond), h.Versions, h.Entities)
	if h.Software != "" {
		d.Finding = h.Software + ": " + d.Finding
	}
	if h.Answered > slowAnswer {
		d.State, d.Advice = cli.Minor, "see whether it is busy or far away: each question takes as long"
	}
	return d
}

func writable(h sqlstore.Health) cli.Diagnosis {
	if h.Unwritable == nil {
		return cli.Diagnosis{Subject: "writing", State: cli.Well, Finding: "it can be written"}
	}
	return cli.Diagnosis{Subject: "writing", State: cli.Ill, Finding: h.Unwritable.Error(), Advice: clusto.Hint(h.Unwritable)}
}

// initDBAdvice is what to do about what is missing.
const initDBAdvice = "run clusto initdb, which adds it and changes nothing else"

func tables(h sqlstore.Health) cli.Diagnosis {
	switch {
	case h.Tables != nil:
		return cli.Diagnosis{Subject: "tables", State: cli.Minor, Finding: "missing: " + strings.Join(h.Tables, ", "), Advice: initDBAdvice}
	case h.Migrations != nil:
		return cli.Diagnosis{Subject: "tables", State: cli.Minor, Finding: "not migrated: " + strings.Join(h.Migrations, ", "), Advice: initDBAdvice}
	}
	return cli.Diagnosis{Subject: "tables", State: cli.Well, Finding: "all there"}
}

func indexes(h sqlstore.Health) cli.Diagnosis {
	if h.Indexes != nil {
		return cli.Diagnosis{Subject: "indexes", State: cli.Minor, Finding: "answers are right but slow; missing: " + strings.Join(h.Indexes, ", "), Advice: initDBAdvice}
	}
	return cli.Diagnosis{Subject: "indexes", State: cli.Well, Finding: "all there"}
}

func unique(h sqlstore.Health) cli.Diagnosis {
	d := cli.Diagnosis{Subject: "names", State: cli.Well, Finding: "the database keeps live names unique"}
	switch {
	case h.Doubled != nil:
		d.State, d.Finding = cli.Ill, "several live entities are called: "+strings.Join(h.Doubled, ", ")
		d.Advice = "run clusto fsck --repair --check doubled, which renames the newer ones, and then clusto initdb"
	case !h.UniqueNames:
		d.State, d.Finding, d.Advice = cli.Minor, "none is doubled, but the database does not keep them unique by itself", initDBAdvice
	}
	return d
}

func history(h sqlstore.Health, off bool) cli.Diagnosis {
	d := cli.Diagnosis{Subject: "history", State: cli.Well, Finding: "every change is recorded"}
	switch {
	case off:
		d.State, d.Finding = cli.Minor, "none is kept: the configuration says versioning = false"
		d.Advice = "take that line out, so that what was can be seen, and brought back"
	case h.Versions == 0 && h.Entities > 0:
		d.State, d.Finding = cli.Minor, "nothing is recorded: it was written with versioning off"
		d.Advice = "nothing has to be done: what this program changes is recorded"
	case h.Unrecorded > 0:
		d.State, d.Finding = cli.Minor, fmt.Sprintf("of %d live entities it is not recorded when they were made: for a time versioning was off", h.Unrecorded)
		d.Advice = "see that nobody who has versioning = false writes to it any more"
	}
	return d
}

func statistics(h sqlstore.Health) cli.Diagnosis {
	d := cli.Diagnosis{Subject: "statistics", State: cli.Well, Finding: "gathered"}
	switch {
	case h.Statistics:
	case h.WantsStatistics:
		d.State, d.Finding, d.Advice = cli.Minor, "not gathered, though the database is large enough for them", "run clusto initdb, which gathers them"
	default:
		d.Finding = "none, as a small database needs none"
	}
	return d
}

// tolerated is how far the clocks may be apart.
const tolerated = 2 * time.Second

func clock(skew time.Duration) cli.Diagnosis {
	d := cli.Diagnosis{Subject: "clock", State: cli.Well, Finding: fmt.Sprintf("the database's is %s ahead of ours", skew.Round(time.Millisecond))}
	if skew.Abs() > tolerated {
		d.State, d.Advice = cli.Minor, "let both follow a time server: the times of versions are ours"
	}
	return d
}

// files says how the files of a database are, the first of which it is itself.
func files(paths []string) []cli.Diagnosis {
	if len(paths) == 0 {
		return nil
	}
	var all []cli.Diagnosis
	for _, path := range paths {
		if d, ok := file(path); ok {
			all = append(all, d)
		}
	}
	dir := filepath.Dir(paths[0])
	d := cli.Diagnosis{Subject: "directory", State: cli.Well, Finding: dir + " can be written"}
	if err := mayWrite(dir); err != nil {
		d.State, d.Finding = cli.Ill, fmt.Sprintf("%s cannot be written: %v", dir, err)
		d.Advice = "let this user write into it: SQLite makes files beside the database"
	}
	all = append(all, d)
	if d, ok := space(dir, paths[0]); ok {
		all = append(all, d)
	}
	return all
}

// everyone is the permission of all users to write.
const everyone fs.FileMode = 0o002

// file says how a file is, if it is there.
func file(path string) (cli.Diagnosis, bool) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return cli.Diagnosis{}, false
	}
	if err != nil {
		return cli.Diagnosis{Subject: "file", State: cli.Ill, Finding: err.Error(), Advice: "see who may enter the directory"}, true
	}
	d := cli.Diagnosis{Subject: "file", State: cli.Well, Finding: fmt.Sprintf("%s, %s, %d bytes", path, info.Mode(), info.Size())}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err == nil {
		err = f.Close()
	}
	switch {
	case err != nil:
		d.State, d.Finding, d.Advice = cli.Ill, d.Finding+": "+err.Error(), "let this user read and write it; all that use the database must"
	case info.Mode()&everyone != 0:
		d.State, d.Advice = cli.Minor, "anyone on this machine can change it: chmod o-w "+path
	}
	return d, true
}

// Space on the disk below which it is short: for a large change, and for any.
const (
	shortSpace = 1 << 30
	noSpace    = 64 << 20
)

// space says how much room there is for a database, as far as the system tells.
func space(dir, database string) (cli.Diagnosis, bool) {
	free, ok := freeSpace(dir)
	if !ok {
		return cli.Diagnosis{}, false
	}
	d := cli.Diagnosis{Subject: "space", State: cli.Well, Finding: fmt.Sprintf("%d MiB free in %s", free>>20, dir)}
	size := uint64(0)
	if info, err := os.Stat(database); err == nil {
		size = uint64(info.Size())
	}
	switch {
	case free < noSpace:
		d.State, d.Advice = cli.Ill, "make room: the next change may fail"
	case free < max(shortSpace, size):
		d.State, d.Advice = cli.Minor, "make room: a large change, or a copy of the database, may fail"
	}
	return d, true
}
