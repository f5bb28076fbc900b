package sqlstore

import (
	"context"
	"database/sql/driver"
	"strings"

	"github.com/clusto/clusto"
)

// Tokens implements clusto.AccountReader.
func (a accounts) Tokens(ctx context.Context, m clusto.TokenMatch) ([]clusto.Token, error) {
	c := a.all()
	if m.Hashes != nil {
		c.andTexts(`token_hash`, m.Hashes)
	}
	if m.User != "" {
		c.andText(`user_name`, m.User)
	}
	sql := `SELECT token_hash, user_name, name, created, expires, revoked, last_used, narrowed FROM clusto_token WHERE ` +
		string(c.sql) + ` ORDER BY created, token_hash`
	var tokens []clusto.Token
	err := a.read(ctx, tokenTable, sql, c, func(r row) {
		t := clusto.Token{
			Hash: r.text(0), User: r.text(1), Name: r.text(2),
			Created: r.second(3), Expires: r.second(4), Revoked: r.second(5), LastUsed: r.second(6),
		}
		if !r.null(7) {
			t.Narrowed = strings.FieldsFunc(r.text(7), func(r rune) bool { return r == '\n' })
		}
		tokens = append(tokens, t)
	})
	return tokens, err
}

// PutToken implements clusto.AccountTx.
func (a accountsTx) PutToken(ctx context.Context, t clusto.Token) error {
	if err := mustBeTexts("token "+t.Name, t.Name, strings.Join(t.Narrowed, "")); err != nil {
		return err
	}
	if err := a.exists(ctx, userTable, "user", t.User); err != nil {
		return err
	}
	if err := a.deleteOf(ctx, `token_hash`, t.Hash, tokenTable); err != nil {
		return err
	}
	var narrowed driver.Value
	if t.Narrowed != nil {
		narrowed = strings.Join(t.Narrowed, "\n")
	}
	const sql = `INSERT INTO clusto_token (token_hash, user_name, name, created, expires, revoked, last_used, narrowed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	return a.insert(ctx, tokenTable, sql, t.Hash, t.User, t.Name,
		seconds(t.Created), seconds(t.Expires), seconds(t.Revoked), seconds(t.LastUsed), narrowed)
}

// Grants implements clusto.AccountReader.
func (a accounts) Grants(ctx context.Context, m clusto.GrantMatch) ([]clusto.Grant, error) {
	c := a.all()
	if m.Users != nil || m.Groups != nil {
		users, groups := a.r.where(), a.r.where()
		users.oneOfNames(`user_name`, m.Users)
		groups.oneOfNames(`group_name`, m.Groups)
		c = a.r.where()
		c.and(`((`+string(users.sql)+`) OR (`+string(groups.sql)+`))`, append(users.args, groups.args...)...)
	}
	var grants []clusto.Grant
	sql := `SELECT id, user_name, group_name, line, created, created_by FROM clusto_grant WHERE ` + string(c.sql) + ` ORDER BY id`
	err := a.read(ctx, grantTable, sql, c, func(r row) {
		grants = append(grants, clusto.Grant{
			ID: r.int(0), User: r.text(1), Group: r.text(2), Line: r.text(3), Created: r.second(4), CreatedBy: r.text(5),
		})
	})
	return grants, err
}

// AddGrant implements clusto.AccountTx.
func (a accountsTx) AddGrant(ctx context.Context, g clusto.Grant) (clusto.Grant, error) {
	table, what, name := userTable, "user", g.User
	if g.User == "" {
		table, what, name = groupTable, "group", g.Group
	}
	if (g.User == "") == (g.Group == "") {
		return g, clusto.Errorf(clusto.ErrInvalid, "a grant is given to a user or to a group, to one of the two")
	}
	if err := mustBeTexts("grant", g.Line, g.CreatedBy); err != nil {
		return g, err
	}
	if err := a.exists(ctx, table, what, name); err != nil {
		return g, err
	}
	err := a.read(ctx, grantTable, `SELECT max(id) FROM clusto_grant`, a.r.where(), func(r row) { g.ID = r.int(0) + 1 })
	if err != nil {
		return g, err
	}
	g.ID = max(g.ID, 1)
	const sql = `INSERT INTO clusto_grant (id, user_name, group_name, line, created, created_by) VALUES (?, ?, ?, ?, ?, ?)`
	return g, a.insert(ctx, grantTable, sql, g.ID, g.User, g.Group, g.Line, seconds(g.Created), cut(g.CreatedBy, clusto.MaxUserLen))
}

// DeleteGrant implements clusto.AccountTx.
func (a accountsTx) DeleteGrant(ctx context.Context, id int64) error {
	found := false
	c := a.r.where()
	c.and(`id = ?`, id)
	if err := a.read(ctx, grantTable, `SELECT id FROM clusto_grant WHERE `+string(c.sql), c, func(row) { found = true }); err != nil {
		return err
	}
	if !found {
		return clusto.Errorf(clusto.ErrNotFound, "there is no grant number %d", id)
	}
	return a.delete(ctx, grantTable, c)
}

// Session implements clusto.AccountReader.
func (a accounts) Session(ctx context.Context, hash string) (clusto.Session, error) {
	c := a.r.where()
	c.andText(`session_hash`, hash)
	var s clusto.Session
	sql := `SELECT session_hash, user_name, csrf, origin, created, expires FROM clusto_session WHERE ` + string(c.sql)
	err := a.read(ctx, sessionTable, sql, c, func(r row) {
		s = clusto.Session{Hash: r.text(0), User: r.text(1), CSRF: r.text(2), Origin: r.text(3), Created: r.second(4), Expires: r.second(5)}
	})
	if err == nil && s.Hash == "" {
		err = clusto.Errorf(clusto.ErrNotFound, "there is no such session")
	}
	return s, err
}

// PutSession implements clusto.AccountTx.
func (a accountsTx) PutSession(ctx context.Context, s clusto.Session) error {
	if err := a.exists(ctx, userTable, "user", s.User); err != nil {
		return err
	}
	if err := a.deleteOf(ctx, `session_hash`, s.Hash, sessionTable); err != nil {
		return err
	}
	const sql = `INSERT INTO clusto_session (session_hash, user_name, csrf, origin, created, expires) VALUES (?, ?, ?, ?, ?, ?)`
	return a.insert(ctx, sessionTable, sql, s.Hash, s.User, s.CSRF,
		wellFormed(cut(s.Origin, clusto.MaxOriginLen)), seconds(s.Created), seconds(s.Expires))
}

// DeleteSessions implements clusto.AccountTx.
func (a accountsTx) DeleteSessions(ctx context.Context, m clusto.SessionMatch) error {
	c := a.all()
	if m.Hash != "" {
		c.andText(`session_hash`, m.Hash)
	}
	if m.User != "" {
		c.andText(`user_name`, m.User)
	}
	if !m.ExpiredBefore.IsZero() {
		c.and(`expires < ?`, seconds(m.ExpiredBefore))
	}
	return a.delete(ctx, sessionTable, c)
}

// oneOfNames limits a column, which may be empty, to one of names.
func (c *condition) oneOfNames(column string, names []string) {
	if len(names) == 0 {
		c.and(nowhere)
		return
	}
	c.andTexts(column, names)
	c.and(column + ` <> ''`)
}
