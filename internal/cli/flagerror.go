package cli

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/nearest"
)

// flagKinds say what flags of a type take.
var flagKinds = map[string]string{
	"int":      "a whole number",
	"int64":    "a whole number",
	"uint":     "a whole number, 0 or more",
	"uint64":   "a whole number, 0 or more",
	"bool":     "true or false",
	"duration": "a length of time, such as 30s or 5m",
}

// flagError returns err, which reading the flags of cmd gave, in words for people: a
// flag that is not known with those that may be meant, a value with what it should be.
func flagError(cmd *cobra.Command, err error) error {
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok && unknown.GetSpecifiedShortnames() == "" {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		if hint := nearest.Question(nearest.Names("--"+unknown.GetSpecifiedName(), names)...); hint != "" {
			return clusto.WithHint(err, "%s see %s --help", hint, cmd.CommandPath())
		}
		return err
	}
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		if kind := flagKinds[invalid.GetFlag().Value.Type()]; kind != "" {
			name := "--" + invalid.GetFlag().Name
			if short := invalid.GetFlag().Shorthand; short != "" {
				name = "-" + short + ", " + name
			}
			return usagef("%s: %q should be %s", name, invalid.GetValue(), kind)
		}
	}
	return err
}
