package config

import "fmt"

// Set sets a key of c to a value by the rules of the file. It serves flags that
// stand for a key; those of secrets are not among them.
func (c *Config) Set(section, key, value string) error {
	ld := &loader{config: c}
	set, ok := ld.settings(section)[key]
	if !ok {
		return fmt.Errorf("[%s] has no key %s", section, key)
	}
	return set(ld, value)
}
