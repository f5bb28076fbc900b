package sqlstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/clusto/clusto"
)

// Users implements clusto.AccountReader, in two statements.
func (a accounts) Users(ctx context.Context, m clusto.UserMatch) ([]clusto.User, error) {
	c := a.all()
	if m.Names != nil {
		c.andTexts(`name`, m.Names)
	}
	if m.Identities != nil {
		known, err := a.knownAs(ctx, m.Identities)
		if err != nil {
			return nil, err
		}
		c.andTexts(`name`, known)
	}
	var users []clusto.User
	at := map[string]int{}
	sql := `SELECT name, full_name, email, password, disabled, created FROM clusto_user WHERE ` + string(c.sql)
	err := a.read(ctx, userTable, sql, c, func(r row) {
		at[r.text(0)] = len(users)
		users = append(users, clusto.User{
			Name: r.text(0), FullName: r.text(1), Email: r.text(2), Password: r.text(3), Disabled: r.int(4) != 0, Created: r.second(5),
		})
	})
	if err != nil || len(users) == 0 {
		return nil, err
	}
	byUser := a.all()
	if m.Names != nil || m.Identities != nil {
		byUser = a.r.where()
		byUser.andTexts(`user_name`, namesOf(users))
	}
	sql = `SELECT user_name, issuer, name FROM clusto_identity WHERE ` + string(byUser.sql) + ` ORDER BY id_hash`
	err = a.read(ctx, identityTable, sql, byUser, func(r row) {
		if i, ok := at[r.text(0)]; ok {
			users[i].Identities = append(users[i].Identities, clusto.Identity{Issuer: r.text(1), Name: r.text(2)})
		}
	})
	slices.SortFunc(users, func(a, b clusto.User) int { return cmp.Compare(a.Name, b.Name) })
	return users, err
}

func namesOf(users []clusto.User) []string {
	names := make([]string, len(users))
	for i, u := range users {
		names[i] = u.Name
	}
	return names
}

// knownAs returns the names of the users who have one of the identities.
func (a accounts) knownAs(ctx context.Context, ids []clusto.Identity) ([]string, error) {
	hashes := make([]string, len(ids))
	for i, id := range ids {
		hashes[i] = identityHash(id)
	}
	c := a.r.where()
	c.andTexts(`id_hash`, hashes)
	names := []string{}
	err := a.read(ctx, identityTable, `SELECT user_name FROM clusto_identity WHERE `+string(c.sql), c, func(r row) {
		names = append(names, r.text(0))
	})
	return names, err
}

// PutUser implements clusto.AccountTx. Rows are replaced in two statements
// because every database says "insert or update" its own way.
func (a accountsTx) PutUser(ctx context.Context, u clusto.User) error {
	if err := clusto.ValidateAccountName(u.Name); err != nil {
		return err
	}
	if err := mustBeTexts("user "+u.Name, u.FullName, u.Email, u.Password); err != nil {
		return err
	}
	for _, id := range u.Identities {
		if err := mustBeTexts("user "+u.Name, id.Issuer, id.Name); err != nil {
			return err
		}
		owners, err := a.knownAs(ctx, []clusto.Identity{id})
		if err != nil {
			return err
		}
		if len(owners) > 0 && owners[0] != u.Name {
			return clusto.Errorf(clusto.ErrExists, "%s is known as %q of %s already", owners[0], id.Name, id.Issuer)
		}
	}
	if err := a.deleteOf(ctx, `name`, u.Name, userTable); err != nil {
		return err
	}
	if err := a.deleteOf(ctx, `user_name`, u.Name, identityTable); err != nil {
		return err
	}
	disabled := int64(0)
	if u.Disabled {
		disabled = 1
	}
	const sql = `INSERT INTO clusto_user (name, full_name, email, password, disabled, created) VALUES (?, ?, ?, ?, ?, ?)`
	if err := a.insert(ctx, userTable, sql, u.Name, u.FullName, u.Email, u.Password, disabled, seconds(u.Created)); err != nil {
		return err
	}
	return a.insertIdentities(ctx, u)
}

func (a accountsTx) insertIdentities(ctx context.Context, u clusto.User) error {
	put := map[string]bool{}
	for _, id := range u.Identities {
		hash := identityHash(id)
		if put[hash] {
			continue
		}
		put[hash] = true
		const sql = `INSERT INTO clusto_identity (id_hash, user_name, issuer, name) VALUES (?, ?, ?, ?)`
		if err := a.insert(ctx, identityTable, sql, hash, u.Name, id.Issuer, id.Name); err != nil {
			return err
		}
	}
	return nil
}

// DeleteUser implements clusto.AccountTx.
func (a accountsTx) DeleteUser(ctx context.Context, name string) error {
	if err := a.exists(ctx, userTable, "user", name); err != nil {
		return err
	}
	if err := a.deleteOf(ctx, `user_name`, name, identityTable, memberTable, tokenTable, grantTable, sessionTable); err != nil {
		return err
	}
	if err := a.deleteOf(ctx, `owner`, name, viewTable); err != nil {
		return err
	}
	return a.deleteOf(ctx, `name`, name, userTable)
}

// Groups implements clusto.AccountReader, in two statements.
func (a accounts) Groups(ctx context.Context, m clusto.GroupMatch) ([]clusto.Group, error) {
	c := a.all()
	if m.Names != nil {
		c.andTexts(`name`, m.Names)
	}
	if m.Member != "" {
		in, err := a.groupsOf(ctx, m.Member)
		if err != nil {
			return nil, err
		}
		c.andTexts(`name`, in)
	}
	var groups []clusto.Group
	names, at := []string{}, map[string]int{}
	err := a.read(ctx, groupTable, `SELECT name, description, created FROM clusto_group WHERE `+string(c.sql), c, func(r row) {
		at[r.text(0)] = len(groups)
		names = append(names, r.text(0))
		groups = append(groups, clusto.Group{Name: r.text(0), Description: r.text(1), Created: r.second(2)})
	})
	if err != nil || len(groups) == 0 {
		return nil, err
	}
	members := a.r.where()
	members.andTexts(`group_name`, names)
	err = a.read(ctx, memberTable, `SELECT group_name, user_name FROM clusto_member WHERE `+string(members.sql), members, func(r row) {
		g := &groups[at[r.text(0)]]
		g.Members = append(g.Members, r.text(1))
	})
	for _, g := range groups {
		slices.Sort(g.Members)
	}
	slices.SortFunc(groups, func(a, b clusto.Group) int { return cmp.Compare(a.Name, b.Name) })
	return groups, err
}

// groupsOf returns the names of the groups that a user is in.
func (a accounts) groupsOf(ctx context.Context, user string) ([]string, error) {
	c := a.r.where()
	c.andText(`user_name`, user)
	in := []string{}
	err := a.read(ctx, memberTable, `SELECT group_name FROM clusto_member WHERE `+string(c.sql), c, func(r row) {
		in = append(in, r.text(0))
	})
	return in, err
}

// PutGroup implements clusto.AccountTx.
func (a accountsTx) PutGroup(ctx context.Context, g clusto.Group) error {
	if err := clusto.ValidateAccountName(g.Name); err != nil {
		return err
	}
	if err := mustBeTexts("group "+g.Name, g.Description); err != nil {
		return err
	}
	members := slices.Compact(slices.Sorted(slices.Values(g.Members)))
	for _, user := range members {
		if err := a.exists(ctx, userTable, "user", user); err != nil {
			return err
		}
	}
	if err := a.deleteOf(ctx, `name`, g.Name, groupTable); err != nil {
		return err
	}
	if err := a.deleteOf(ctx, `group_name`, g.Name, memberTable); err != nil {
		return err
	}
	const sql = `INSERT INTO clusto_group (name, description, created) VALUES (?, ?, ?)`
	if err := a.insert(ctx, groupTable, sql, g.Name, g.Description, seconds(g.Created)); err != nil {
		return err
	}
	for _, user := range members {
		if err := a.insert(ctx, memberTable, `INSERT INTO clusto_member (group_name, user_name) VALUES (?, ?)`, g.Name, user); err != nil {
			return err
		}
	}
	return nil
}

// DeleteGroup implements clusto.AccountTx.
func (a accountsTx) DeleteGroup(ctx context.Context, name string) error {
	if err := a.exists(ctx, groupTable, "group", name); err != nil {
		return err
	}
	if err := a.deleteOf(ctx, `group_name`, name, memberTable, grantTable); err != nil {
		return err
	}
	return a.deleteOf(ctx, `name`, name, groupTable)
}
