package config

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/ini.v1"

	"github.com/clusto/clusto/internal/nearest"
)

// userSection is how the sections of SNMPv3 users begin.
const userSection = "snmp-user "

// loader is a Load in progress.
type loader struct {
	config *Config
	users  []string             // that [snmptrapd] users names
	usedAt line                 // where it does
	usedIn *parsed              // and in which file
	known  map[string]*userSeen // the [snmp-user …] sections
	errs   []error

	file *parsed // being applied
	line line    // being applied
}

// userSeen is a section of an SNMPv3 user and where it is.
type userSeen struct {
	SNMPUser
	file *parsed
	line line
}

// Load reads the configuration file at path, and the files that its [clusto]
// include names. An empty path gives the defaults. The error has a line for
// each thing that is wrong, as FILE:LINE: WHAT.
func Load(path string) (*Config, error) {
	ld := &loader{config: Default(), known: map[string]*userSeen{}}
	ld.config.Path = path
	if path == "" {
		return ld.config, nil
	}
	ld.read(path, false)
	ld.resolveUsers()
	for _, check := range []func() error{ld.config.HTTP.Check, ld.config.Client.check} {
		if err := check(); err != nil && len(ld.errs) == 0 {
			ld.errs = append(ld.errs, fmt.Errorf("%s: %w", path, err))
		}
	}
	if err := errors.Join(ld.errs...); err != nil {
		return nil, err
	}
	return ld.config, nil
}

// settings returns what can be set in each section.
func (ld *loader) settings(section string) map[string]setter {
	c := ld.config
	switch section {
	case "clusto":
		return map[string]setter{
			"dsn": dsn(&c.Clusto.DSN), "dsn_file": secretFile(&c.Clusto.DSN),
			"versioning": truth(&c.Clusto.Versioning),
			"libdir":     text(&c.Clusto.LibDir), "loglevel": level(&c.Clusto.LogLevel), "user": text(&c.Clusto.User),
			"include": func(*loader, string) error { return nil }, // read does it
		}
	case "script":
		return map[string]setter{
			"allow": list(&c.Script.Allow, scriptModule), "max_steps": whole(&c.Script.MaxSteps, 1),
			"max_depth": whole(&c.Script.MaxDepth, 1), "timeout": duration(&c.Script.Timeout),
		}
	case "snmptrapd":
		return map[string]setter{
			"listen":      hostPort(&c.SNMPTrapd.Listen),
			"communities": secrets(&c.SNMPTrapd.Communities), "communities_file": secretsFile(&c.SNMPTrapd.Communities),
			"users": ld.nameUsers, "engine_id": engineID(&c.SNMPTrapd.EngineID),
			"mac_prefixes": list(&c.SNMPTrapd.MACPrefixes, macPrefix), "name_manager": text(&c.SNMPTrapd.NameManager),
			"receive_buffer": size(&c.SNMPTrapd.ReceiveBuffer), "queue": whole(&c.SNMPTrapd.Queue, 1),
		}
	case "serve":
		return c.Serve.settings()
	case "dhcpd":
		return c.DHCPd.settings()
	case "dhcp":
		return c.DHCPd.classicSettings()
	case "http":
		return c.HTTP.settings()
	case "client":
		return c.Client.settings()
	case "rackfactory":
		return map[string]setter{"domain": text(&c.RackFactory.Domain), "dns_timeout": duration(&c.RackFactory.DNSTimeout)}
	}
	if name, ok := strings.CutPrefix(section, userSection); ok && ld.known[name] != nil {
		u := ld.known[name]
		return map[string]setter{
			"auth":          oneOf(&u.Auth, "none", "md5", "sha", "sha224", "sha256", "sha384", "sha512"),
			"auth_password": secret(&u.AuthPassword), "auth_password_file": secretFile(&u.AuthPassword),
			"priv":          oneOf(&u.Priv, "none", "des", "aes", "aes192", "aes256", "aes192c", "aes256c"),
			"priv_password": secret(&u.PrivPassword), "priv_password_file": secretFile(&u.PrivPassword),
		}
	}
	return nil
}

// sections are the names that an unknown section is compared with; like is its own.
func sections(like string) []string {
	_, user, named := strings.Cut(like, " ")
	if !named {
		user = "NAME"
	}
	return []string{"clusto", "script", "serve", "http", "client", "snmptrapd", "dhcpd", "rackfactory", userSection + user}
}

// suggest returns the end of an error about an unknown name: the nearest of the
// known ones, or all of them.
func suggest(name string, known []string) string {
	if near := nearest.Name(name, known); near != "" {
		return nearest.Question(near)
	}
	return "known are " + strings.Join(slices.Sorted(slices.Values(known)), ", ")
}

// read applies one file, and then the files that it includes.
func (ld *loader) read(path string, included bool) {
	file, errs := readLines(path)
	if len(errs) > 0 {
		ld.errs = append(ld.errs, errs...)
		return
	}
	values, err := ini.LoadSources(ini.LoadOptions{
		InsensitiveKeys:            true,
		IgnoreContinuation:         true,
		AllowPythonMultilineValues: true,
		SpaceBeforeInlineComment:   true,
		ReaderBufferSize:           len(file.text) + 1, // the library looks ahead no further than this
	}, file.text)
	if err != nil {
		ld.errs = append(ld.errs, fmt.Errorf("%s: %w", path, err))
		return
	}
	ld.file = file
	for _, ld.line = range file.lines {
		if err := ld.apply(values); err != nil {
			ld.errs = append(ld.errs, file.at(ld.line.number, "%s: %w", ld.line.name(), err))
		}
	}
	ld.include(file, values.Section("clusto").Key("include").Value(), included)
}

// apply applies one line of the file.
func (ld *loader) apply(values *ini.File) error {
	section, key := ld.line.section, ld.line.key
	if name, ok := strings.CutPrefix(section, userSection); ok && key == "" {
		if ld.known[name] == nil {
			ld.known[name] = &userSeen{SNMPUser{Name: name, Auth: "none", Priv: "none"}, ld.file, ld.line}
		}
		return nil
	}
	settings := ld.settings(section)
	if settings == nil {
		switch {
		case classicSections[section] && key != "":
			ld.ignore()
		case !classicSections[section] && key == "":
			return fmt.Errorf("unknown section; %s", suggest(section, sections(section)))
		}
		return nil
	}
	if key == "" {
		return nil
	}
	set, ok := settings[key]
	if !ok {
		if classicSections[section] || slices.Contains(classicKeys[section], key) {
			ld.ignore()
			return nil
		}
		return fmt.Errorf("unknown key; %s", suggest(key, slices.Collect(maps.Keys(settings))))
	}
	in := values.Section(section)
	if twin := key + "_file"; in.HasKey(twin) && settings[twin] != nil {
		return fmt.Errorf("given together with %s; leave one of them away", twin)
	}
	value := in.Key(key).Value()
	if key == "dsn" {
		value = in.Key(key).String() // with %(name)s filled in, as ConfigParser does
	}
	if strings.Contains(value, "\n") {
		value = strings.TrimSpace(value) // lines of blanks continue a value too
	}
	if value == "" && !mayBeEmpty(key) {
		return errors.New("the value is missing")
	}
	if strings.Contains(value, "\n") && !mayBeLong(key) {
		return errors.New("the value goes on in the next line; do not indent what follows")
	}
	return set(ld, value)
}

// mayBeEmpty says whether a key without a value means none of what it lists or names.
func mayBeEmpty(key string) bool {
	return slices.Contains([]string{"allow", "bmc_vendors", "communities", "domain", "include", "interface", "mac_prefixes", "metrics_from", "secret_keys", "trusted_proxies", "user", "users"}, key)
}

// mayBeLong says whether the value of a key may take several lines.
func mayBeLong(key string) bool {
	return slices.Contains([]string{"allow", "bmc_vendors", "communities", "dhcp", "dhcp6", "include", "listen", "listen6", "mac_prefixes", "metrics_from", "secret_keys", "trusted_proxies", "users"}, key)
}

// ignore notes that the line is one of classic's and means nothing.
func (ld *loader) ignore() {
	ld.config.Ignored = append(ld.config.Ignored, fmt.Sprintf("%s:%d: %s", ld.file.path, ld.line.number, ld.line.name()))
}

// warn adds a warning about the line.
func (ld *loader) warn(format string, args ...any) {
	ld.config.Warnings = append(ld.config.Warnings,
		fmt.Sprintf("%s:%d: %s: %s", ld.file.path, ld.line.number, ld.line.name(), fmt.Sprintf(format, args...)))
}

// include reads further files, as classic does (script_helper.py,
// load_config): what they say replaces what was said before. Patterns are
// relative to the file.
func (ld *loader) include(file *parsed, patterns string, included bool) {
	for pattern := range strings.FieldsSeq(patterns) {
		if included {
			ld.errs = append(ld.errs, fmt.Errorf("%s: an included file cannot include %s", file.path, pattern))
			return
		}
		if !filepath.IsAbs(pattern) {
			pattern = filepath.Join(filepath.Dir(file.path), pattern)
		}
		paths, err := filepath.Glob(pattern)
		if err != nil {
			ld.errs = append(ld.errs, fmt.Errorf("%s: [clusto] include: %s: %w", file.path, pattern, err))
		}
		if len(paths) == 0 {
			ld.config.Warnings = append(ld.config.Warnings, fmt.Sprintf("%s: [clusto] include: nothing matches %s", file.path, pattern))
		}
		for _, path := range paths {
			ld.read(path, true)
		}
	}
}

// dsn stores the database's name. Classic's parser wanted %% for %, which no
// URL has.
func dsn(to *Secret) setter {
	return func(ld *loader, value string) error {
		value = strings.ReplaceAll(value, "%%", "%")
		if u, err := url.Parse(value); err != nil || u.User != nil {
			ld.warnReadable()
		}
		*to = Secret(value)
		return nil
	}
}

// holdsSecret is called for a line with a secret in it. It warns if everyone
// can read the file, and refuses a value that a comment has cut short: it may
// be no comment.
func (ld *loader) holdsSecret() error {
	if ld.line.cut {
		return fmt.Errorf("what follows \" #\" or \" ;\" would be a comment; if it belongs to the value, put that between backquotes, or use %s_file", ld.line.key)
	}
	ld.warnReadable()
	return nil
}

// warnReadable warns, once, if everyone can read the file that is being applied.
func (ld *loader) warnReadable() {
	if !ld.file.told && worldReadable(ld.file.path) {
		ld.file.told = true
		ld.warn("the file is readable by everyone; chmod o-r it, or use %s_file", ld.line.key)
	}
}

// worldReadable says whether everyone may read a file.
func worldReadable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Perm()&0o004 != 0
}

// nameUsers stores [snmptrapd] users for resolveUsers.
func (ld *loader) nameUsers(_ *loader, value string) error {
	ld.usedAt, ld.usedIn = ld.line, ld.file
	return list(&ld.users, anyWord)(ld, value)
}

// resolveUsers finds the sections of the users that are named.
func (ld *loader) resolveUsers() {
	sound := len(ld.errs) == 0 // else what a user lacks may only have been misspelt
	named := map[string]bool{}
	for _, name := range ld.users {
		u := ld.known[name]
		if u == nil {
			ld.errs = append(ld.errs, ld.usedIn.at(ld.usedAt.number, "%s: there is no section [%s%s]", ld.usedAt.name(), userSection, name))
			continue
		}
		if named[name] {
			ld.errs = append(ld.errs, ld.usedIn.at(ld.usedAt.number, "%s: %s is named twice", ld.usedAt.name(), name))
			continue
		}
		named[name] = true
		ld.config.SNMPTrapd.Users = append(ld.config.SNMPTrapd.Users, u.SNMPUser)
	}
	for _, name := range slices.Sorted(maps.Keys(ld.known)) {
		u := ld.known[name]
		if err := u.check(); err != nil && sound {
			ld.errs = append(ld.errs, u.file.at(u.line.number, "%s: %w", u.line.name(), err))
		}
		if !named[name] {
			ld.file, ld.line = u.file, u.line
			ld.warn("[snmptrapd] users does not name this user, so it is not used")
		}
	}
}
