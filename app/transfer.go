package app

import (
	"context"
	"errors"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

// copyDatabase copies all of one database to a new one.
func copyDatabase(ctx context.Context, t cli.Transfer) (_ cli.TransferReport, err error) {
	from, err := openAll(ctx, t.From)
	if err != nil {
		return cli.TransferReport{}, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	return copyTo(ctx, from, t)
}

// backUp copies all of a database to a file.
func backUp(ctx context.Context, t cli.Transfer) (_ cli.TransferReport, err error) {
	from, err := openAll(ctx, t.From)
	if err != nil {
		return cli.TransferReport{}, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	report, err := sqlite.Backup(ctx, from, t.To, t.Force, copyOptions(t))
	if err != nil {
		return cli.TransferReport{}, err
	}
	return reportOf(report), nil
}

// restore copies what backUp wrote to a new database.
func restore(ctx context.Context, t cli.Transfer) (_ cli.TransferReport, err error) {
	from, err := sqlite.Open(ctx, t.From, sqlite.Options{ReadOnly: true})
	if err != nil {
		if errors.Is(err, clusto.ErrNotFound) {
			err = clusto.Errorf(clusto.ErrNotFound, "there is no file %s", t.From)
		}
		return cli.TransferReport{}, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	return copyTo(ctx, from, t)
}

// copyTo copies from to the database that t.To names.
func copyTo(ctx context.Context, from *sqlstore.Store, t cli.Transfer) (_ cli.TransferReport, err error) {
	to, err := openNew(ctx, t.To)
	if err != nil {
		return cli.TransferReport{}, err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	report, err := sqlstore.Copy(ctx, from, to, copyOptions(t))
	if err != nil {
		return cli.TransferReport{}, err
	}
	return reportOf(report), nil
}

// openAll opens a database of which all rows are to be read or written.
func openAll(ctx context.Context, dsn string) (*sqlstore.Store, error) {
	k, err := kindOf(dsn)
	if err != nil {
		return nil, err
	}
	return k.open(ctx, dsn, sqlstore.Options{})
}

// openNew opens a database to copy to. One that is there is opened as it is, so
// that nothing happens to it if it is not new; else it is made.
func openNew(ctx context.Context, dsn string) (*sqlstore.Store, error) {
	k, err := kindOf(dsn)
	if err != nil {
		return nil, err
	}
	if s, err := k.open(ctx, dsn, sqlstore.Options{}); err == nil {
		return s, nil
	}
	s, _, err := k.create(ctx, dsn, sqlstore.Options{})
	return s, err
}

func copyOptions(t cli.Transfer) sqlstore.CopyOptions {
	return sqlstore.CopyOptions{Lossy: t.Lossy, Progress: func(p sqlstore.CopyProgress) {
		doing := "copying "
		if p.Verifying {
			doing = "reading back "
		}
		t.Progress(doing+p.Table, p.Rows, p.Of)
	}}
}

func reportOf(r sqlstore.CopyReport) cli.TransferReport {
	report := cli.TransferReport{From: r.From, To: r.To, Version: r.Version, Lost: []string{}, Doubled: []string{}}
	for _, t := range r.Tables {
		report.Tables = append(report.Tables, cli.TransferTable{Name: t.Name, Rows: t.Rows, Sum: t.Sum})
	}
	for _, lost := range r.Lost {
		report.Lost = append(report.Lost, lost.String())
	}
	for _, d := range r.Doubled {
		report.Doubled = append(report.Doubled, d.Name)
	}
	return report
}
