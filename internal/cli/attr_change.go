package cli

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// attrChange are the flags of the commands that change attributes, which are those of
// classic clusto.
type attrChange struct {
	writeFlags
	key, subkey, number, value string
}

func (a *attrChange) add(cmd *cobra.Command) {
	a.writeFlags.add(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&a.key, "key", "k", "", "the key")
	flags.StringVarP(&a.subkey, "subkey", "s", "", "the subkey")
	flags.StringVarP(&a.number, "number", "n", "", "the number, or + for the next one")
	flags.StringVarP(&a.value, "value", "v", "", "the value")
}

// attrs returns the attributes that the flags and the arguments behind the name give.
func (a *attrChange) attrs(cmd *cobra.Command, args []string) ([]attrArg, error) {
	var all []attrArg
	if a.key != "" {
		one := attrArg{key: a.key, number: a.number, value: a.value, hasValue: cmd.Flags().Changed("value")}
		if cmd.Flags().Changed("subkey") {
			one.subkey = &a.subkey
		}
		if n, err := strconv.ParseInt(a.number, 10, 64); a.number != "" && a.number != "+" && (err != nil || n < 0) {
			return nil, clusto.WithHint(usagef("-n %s is no number", a.number), "write a whole number from 0 on, or +")
		}
		all = append(all, one)
	} else if cmd.Flags().Changed("subkey") || a.number != "" || cmd.Flags().Changed("value") {
		return nil, clusto.WithHint(usagef("-s, -n and -v belong to a key"), "name the key with -k")
	}
	for _, text := range args {
		one, err := parseAttr(text)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return nil, clusto.WithHint(usagef("%s needs an attribute", cmd.CommandPath()), "%s, or name the key with -k", attrForm)
	}
	return all, nil
}

// run has what makes operations of the attributes of an entity, and does them.
func (a *attrChange) run(r *run, cmd *cobra.Command, args []string, done string, ops func(name string, attrs []attrArg) ([]api.Operation, error)) error {
	attrs, err := a.attrs(cmd, args[1:])
	if err != nil {
		return err
	}
	return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
		name, err := lookupName(ctx, c, args[0])
		if err != nil {
			return err
		}
		operations, err := ops(name, attrs)
		if err != nil {
			return err
		}
		var paths []string // without the values, which may be secret
		for _, one := range attrs {
			paths = append(paths, one.String())
		}
		what := nameList(paths) + " of " + name + " " + done
		return r.transact(ctx, c, &a.writeFlags, a.change(cmd, append([]string{name}, paths...)...), what, operations...)
	})
}

// newAttrs returns attributes as the API takes them.
func newAttrs(name string, attrs []attrArg) (*api.ChangeAttrs, error) {
	change := &api.ChangeAttrs{Entity: name}
	for _, a := range attrs {
		n, err := a.newAttr()
		if err != nil {
			return nil, err
		}
		change.Attrs = append(change.Attrs, n)
	}
	return change, nil
}

func attrAddCommand(r *run) *cobra.Command {
	var a attrChange
	cmd := &cobra.Command{
		Use:   "add ITEM [ATTRIBUTE=VALUE...]",
		Short: "add attributes",
		Long: `Adds attributes to an entity, also where it has such ones already. An attribute is
KEY[.SUBKEY][#NUMBER]=VALUE, or is given by flags; without a value it has none.

` + valueHelp,
		Example: `  clusto attr add web7 role=database
  clusto attr add web7 dns#+=192.0.2.53 dns#+=192.0.2.54
  clusto attr add -k puppet -s class -v site::ldap-client web7`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              someArgs("ITEM"),
		ValidArgsFunction: r.suggest(entitiesOf(), nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.run(r, cmd, args, "added", func(name string, attrs []attrArg) ([]api.Operation, error) {
				change, err := newAttrs(name, attrs)
				return []api.Operation{{AddAttrs: change}}, err
			})
		},
	}
	a.add(cmd)
	return cmd
}

func attrSetCommand(r *run) *cobra.Command {
	var a attrChange
	cmd := &cobra.Command{
		Use:   "set ITEM [ATTRIBUTE=VALUE...]",
		Short: "set attributes",
		Long: `Sets attributes of an entity: each takes the place of the one with its key, subkey
and number, or is added. If there are several such ones, it is refused. An attribute
is KEY[.SUBKEY][#NUMBER]=VALUE, or is given by flags.

` + valueHelp,
		Example: `  clusto attr set web7 system.memory=16384 system.cpucount=8
  clusto attr set web7 dns#0=192.0.2.53
  clusto attr set -k role -v database web7
  clusto attr set --dry-run rack1 ipmanager=relation:office`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              someArgs("ITEM"),
		ValidArgsFunction: r.suggest(entitiesOf(), keysOf),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.run(r, cmd, args, "set", func(name string, attrs []attrArg) ([]api.Operation, error) {
				change, err := newAttrs(name, attrs)
				return []api.Operation{{SetAttrs: change}}, err
			})
		},
	}
	a.add(cmd)
	return cmd
}

func attrDeleteCommand(r *run) *cobra.Command {
	var a attrChange
	var all bool
	cmd := &cobra.Command{
		Use:   "delete ITEM [ATTRIBUTE[=VALUE]...]",
		Short: "delete attributes",
		Long: `Deletes the attributes of an entity that are as given: KEY[.SUBKEY][#NUMBER][=VALUE],
where what is not given may be anything and * in a key or a subkey stands for any
text; or by flags. Those whose key begins with "_" are deleted only if the key is given with it.

--all deletes all attributes but those, its addresses and ports included; it asks
before. (Classic clusto does so without being told to, if no key is given.)`,
		Example: `  clusto attr delete web7 role
  clusto attr delete web7 dns#0 system.memory
  clusto attr delete -k puppet -s class web7
  clusto attr delete --all --yes web7`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              someArgs("ITEM"),
		ValidArgsFunction: r.suggest(entitiesOf(), keysOf),
		RunE: func(cmd *cobra.Command, args []string) error {
			if all {
				return a.deleteAll(r, cmd, args)
			}
			return a.run(r, cmd, args, "deleted", func(name string, attrs []attrArg) ([]api.Operation, error) {
				var ops []api.Operation
				for _, one := range attrs {
					deletions, err := one.deletions(name)
					if err != nil {
						return nil, err
					}
					ops = append(ops, deletions...)
				}
				return ops, nil
			})
		},
	}
	a.add(cmd)
	a.addYes(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "all visible attributes")
	return cmd
}

// deleteAll deletes all visible attributes of an entity, after asking.
func (a *attrChange) deleteAll(r *run, cmd *cobra.Command, args []string) error {
	if len(args) > 1 || a.key != "" {
		return usagef("--all deletes all attributes: name none")
	}
	return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
		name, err := lookupName(ctx, c, args[0])
		if err != nil {
			return err
		}
		if err := a.agreed(r, "Delete all attributes of %s, with its addresses and ports?", name); err != nil {
			return err
		}
		return r.transact(ctx, c, &a.writeFlags, a.change(cmd, name, "--all"), "all attributes of "+name+" deleted",
			api.Operation{DeleteAttrs: &api.DeleteAttrs{Entity: name}})
	})
}
