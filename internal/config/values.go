package config

import (
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// setter stores the value of one key. The loader knows the file and line.
type setter func(ld *loader, value string) error

// text stores a value as it is.
func text(to *string) setter {
	return func(_ *loader, value string) error {
		*to = value
		return nil
	}
}

// oneOf stores one of some words, in lower case.
func oneOf(to *string, words ...string) setter {
	return func(_ *loader, value string) error {
		word := strings.ToLower(value)
		if !slices.Contains(words, word) {
			return fmt.Errorf("%q is not known here; %s", value, suggest(word, words))
		}
		*to = word
		return nil
	}
}

// list stores words that are separated by commas, blanks or line ends, after
// each went through check.
func list(to *[]string, check func(string) (string, error)) setter {
	return func(_ *loader, value string) error {
		words := []string{}
		for _, word := range split(value) {
			word, err := check(word)
			if err != nil {
				return err
			}
			words = append(words, word)
		}
		*to = words
		return nil
	}
}

// anyWord is the check of a list that may hold anything.
func anyWord(word string) (string, error) { return word, nil }

// split returns the words of a list, without comments in its later lines.
func split(value string) []string {
	var words []string
	for line := range strings.Lines(value) {
		line = " " + strings.TrimSpace(line)
		for _, comment := range []string{" #", " ;"} {
			line, _, _ = strings.Cut(line, comment)
		}
		words = append(words, strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })...)
	}
	return words
}

// secret stores a secret.
func secret(to *Secret) setter {
	return func(ld *loader, value string) error {
		if err := ld.holdsSecret(); err != nil {
			return err
		}
		*to = Secret(value)
		return nil
	}
}

// secretFile stores the first line of a file.
func secretFile(to *Secret) setter {
	return func(ld *loader, value string) error {
		content, err := ld.readSecret(value)
		if err != nil {
			return err
		}
		first, _, _ := strings.Cut(content, "\n")
		if first = strings.TrimRight(first, "\r"); first == "" {
			return fmt.Errorf("the first line of %s is empty", value)
		}
		*to = Secret(first)
		return nil
	}
}

// secrets stores a list of secrets.
func secrets(to *[]Secret) setter {
	return func(ld *loader, value string) error {
		if err := ld.holdsSecret(); err != nil {
			return err
		}
		*to = nil
		for _, word := range split(value) {
			*to = append(*to, Secret(word))
		}
		return nil
	}
}

// secretsFile stores the lines of a file.
func secretsFile(to *[]Secret) setter {
	return func(ld *loader, value string) error {
		content, err := ld.readSecret(value)
		if err != nil {
			return err
		}
		*to = nil
		for line := range strings.Lines(content) {
			if line = strings.TrimSpace(line); line != "" {
				*to = append(*to, Secret(line))
			}
		}
		if len(*to) == 0 {
			return fmt.Errorf("%s has no lines; leave the key away to accept any", value)
		}
		return nil
	}
}

// readSecret reads a file that is named relative to the configuration file,
// and warns if everyone can.
func (ld *loader) readSecret(path string) (string, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(ld.file.path), path)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if worldReadable(path) {
		ld.warn("%s is readable by everyone; chmod o-r it", path)
	}
	return string(content), nil
}

// whole stores a whole number of at least least.
func whole[T int | uint64](to *T, least T) setter {
	return func(_ *loader, value string) error {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < int64(least) {
			return fmt.Errorf("%q is not a whole number of at least %d", value, least)
		}
		*to = T(n)
		return nil
	}
}

// size stores a number of bytes, which may end in K, M or G.
func size(to *int) setter {
	return func(_ *loader, value string) error {
		number, shift := strings.ToUpper(value), 0
		for i, unit := range []string{"K", "M", "G"} {
			if rest, ok := strings.CutSuffix(number, unit); ok {
				number, shift = rest, 10*(i+1)
				break
			}
		}
		n, err := strconv.ParseUint(number, 10, 31) // the kernel takes an int
		if err != nil || n == 0 || n > (1<<31-1)>>shift {
			return fmt.Errorf("%q is not a size from 1 to below 2G, such as 8M or 65536", value)
		}
		*to = int(n) << shift
		return nil
	}
}

// duration stores a length of time over zero.
func duration(to *time.Duration) setter {
	return func(_ *loader, value string) error {
		d, err := time.ParseDuration(value)
		if _, bare := strconv.ParseFloat(value, 64); bare == nil {
			return fmt.Errorf("%q has no unit; write %ss for seconds", value, value)
		}
		if err != nil || d <= 0 {
			return fmt.Errorf("%q is not a time such as 500ms, 10s or 2m", value)
		}
		*to = d
		return nil
	}
}

// truth stores yes or no, by the words that classic's parser knows (Python's
// ConfigParser.getboolean).
func truth(to *bool) setter {
	return func(_ *loader, value string) error {
		switch strings.ToLower(value) {
		case "true", "yes", "on", "1":
			*to = true
		case "false", "no", "off", "0":
			*to = false
		default:
			return fmt.Errorf("%q is neither true nor false", value)
		}
		return nil
	}
}

// level stores a log level, by its own or classic's name.
func level(to *slog.Level) setter {
	return func(_ *loader, value string) error {
		levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warning": slog.LevelWarn,
			"warn": slog.LevelWarn, "error": slog.LevelError, "critical": slog.LevelError}
		l, ok := levels[strings.ToLower(value)]
		if !ok {
			return fmt.Errorf("%q is not a log level; known are debug, info, warning, error", value)
		}
		*to = l
		return nil
	}
}

// hostPort stores HOST:PORT.
func hostPort(to *string) setter {
	return func(_ *loader, value string) error {
		_, port, err := net.SplitHostPort(value)
		if err == nil {
			_, err = strconv.ParseUint(port, 10, 16)
		}
		if err != nil {
			return fmt.Errorf("%q is not HOST:PORT, such as 0.0.0.0:162 or [::]:162", value)
		}
		*to = value
		return nil
	}
}

// engineID stores an SNMP engine ID in hexadecimal, as Cisco's "snmp-server
// engineID remote" takes it.
func engineID(to *[]byte) setter {
	return func(_ *loader, value string) error {
		b, err := hex.DecodeString(strings.TrimPrefix(strings.ToLower(value), "0x"))
		if err != nil || len(b) < 5 || len(b) > 32 {
			return fmt.Errorf("%q is not an engine ID: 5 to 32 octets in hexadecimal", value)
		}
		*to = b
		return nil
	}
}

// macPrefix returns the first octets of a MAC address in the form 00:1e:c9.
func macPrefix(word string) (string, error) {
	digits := strings.NewReplacer(":", "", "-", "", ".", "").Replace(strings.ToLower(word))
	b, err := hex.DecodeString(digits)
	if err != nil || len(b) == 0 || len(b) > 6 {
		return "", fmt.Errorf("%q is not the beginning of a MAC address, such as 00:1e:c9", word)
	}
	octets := make([]string, len(b))
	for i := range b {
		octets[i] = digits[2*i : 2*i+2]
	}
	return strings.Join(octets, ":"), nil
}

// scriptModule checks the name of a module that scripts may be allowed.
func scriptModule(word string) (string, error) {
	var name string
	err := oneOf(&name, "smtp", "http", "dns")(nil, word)
	return name, err
}

// check returns what is missing in an SNMP user.
func (u SNMPUser) check() error {
	const least = 8 // RFC 3414 section 11.2
	switch {
	case u.Priv != "none" && u.Auth == "none":
		return fmt.Errorf("priv = %s needs an auth as well, such as sha", u.Priv)
	case u.Auth != "none" && u.AuthPassword == "":
		return fmt.Errorf("auth = %s needs auth_password or auth_password_file", u.Auth)
	case u.Priv != "none" && u.PrivPassword == "":
		return fmt.Errorf("priv = %s needs priv_password or priv_password_file", u.Priv)
	case u.Auth != "none" && len(u.AuthPassword) < least:
		return fmt.Errorf("the auth_password has %d characters; SNMPv3 wants at least %d", len(u.AuthPassword), least)
	case u.Priv != "none" && len(u.PrivPassword) < least:
		return fmt.Errorf("the priv_password has %d characters; SNMPv3 wants at least %d", len(u.PrivPassword), least)
	case u.Auth == "none" && u.AuthPassword != "":
		return errors.New("an auth_password without auth; say which, such as auth = sha")
	case u.Priv == "none" && u.PrivPassword != "":
		return errors.New("a priv_password without priv; say which, such as priv = aes")
	}
	return nil
}
