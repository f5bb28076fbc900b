// Package config is the configuration file, clusto.conf. It is an INI file, as
// classic clusto's: sections in brackets, "key = value", comments after # or ;
// at the start of a line or after a blank. A value goes on in the next line if
// that is indented. A value between backquotes is taken as it stands.
//
// Load reads it into a Config and says with file and line what is wrong,
// everything at once. Keys of classic clusto that mean nothing here are
// accepted and listed in Config.Ignored.
package config

import (
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// SystemPath is the configuration file of the machine, as in classic clusto.
const SystemPath = "/etc/clusto/clusto.conf"

// Config is what the file says, with defaults for what it does not.
type Config struct {
	// Path is the file that was read, or "" for none.
	Path string

	Clusto      Clusto
	Script      Script
	Serve       Serve
	HTTP        HTTP
	Client      Client
	SNMPTrapd   SNMPTrapd
	DHCPd       DHCPd
	RackFactory RackFactory

	// Warnings are things that work and should be looked at: secrets that
	// everyone can read, SNMP users that nobody names.
	Warnings []string
	// Ignored are keys that only classic clusto used, as "FILE:LINE: [SECTION] KEY".
	Ignored []string
}

// Clusto is the section [clusto].
type Clusto struct {
	// DSN names the database, such as sqlite:////var/lib/clusto/clusto.db. It
	// is a secret because it may hold a password. It may be empty.
	DSN Secret
	// Versioning says whether the database keeps its history. Without it rows
	// are deleted for good, and nothing is a version.
	Versioning bool
	// LibDir is the directory of drivers and rack layouts that users add.
	LibDir string
	// LogLevel is the least level that is logged.
	LogLevel slog.Level
	// User is who changes are recorded for. Empty means the system's user.
	User string
}

// Script is the section [script], the limits of scripts. Zero means the
// limit that the script package has by default.
type Script struct {
	// Allow has the network modules that scripts may use: smtp, http, dns.
	Allow    []string
	MaxSteps uint64
	MaxDepth int
	Timeout  time.Duration
}

// SNMPTrapd is the section [snmptrapd].
type SNMPTrapd struct {
	// Listen is HOST:PORT.
	Listen string
	// Communities are those that v1 and v2c traps may have. None means any.
	Communities []Secret
	// Users are the SNMPv3 users that "users" names, in that order.
	Users []SNMPUser
	// EngineID names the daemon to senders of SNMPv3 informs, in 5 to 32
	// octets. Empty means one made from the host's name.
	EngineID []byte
	// MACPrefixes are the first octets, such as 00:1e:c9, of MAC addresses
	// that may become servers. None means all.
	MACPrefixes []string
	// NameManager gives new servers their names.
	NameManager string
	// ReceiveBuffer is the size of the socket's receive buffer in bytes, and
	// Queue how many traps may wait. Zero means the listener's default.
	ReceiveBuffer int
	Queue         int
}

// SNMPUser is a section [snmp-user NAME], a user of SNMPv3.
type SNMPUser struct {
	Name string
	// Auth is none, md5, sha, sha224, sha256, sha384 or sha512.
	Auth         string
	AuthPassword Secret
	// Priv is none, des, aes, aes192 or aes256, or aes192c or aes256c for the
	// way in which Cisco makes the longer keys.
	Priv         string
	PrivPassword Secret
}

// RackFactory is the section [rackfactory].
type RackFactory struct {
	// Domain is appended to the names of a rack's devices when their addresses
	// are looked up (classic: digg.internal). Empty means none.
	Domain string
	// DNSTimeout is how long one look-up may take.
	DNSTimeout time.Duration
}

// Default returns the configuration of an empty file.
func Default() *Config {
	return &Config{
		Clusto:      Clusto{LibDir: "/var/lib/clusto", Versioning: true},
		Serve:       Serve{SNMPTrap: Off},
		HTTP:        defaultHTTP(),
		SNMPTrapd:   SNMPTrapd{Listen: "0.0.0.0:162", NameManager: "servernames"},
		DHCPd:       defaultDHCPd(),
		RackFactory: RackFactory{DNSTimeout: time.Second},
	}
}

// Find returns the path of the file to load when no option names one: what
// CLUSTOCONFIG says, there or not; else SystemPath or ~/.clusto.conf, whichever
// comes first and is there; else "". The environment is read through env.
func Find(env func(string) string) string {
	if path := env("CLUSTOCONFIG"); path != "" {
		return path
	}
	paths := []string{SystemPath}
	if home := env("HOME"); home != "" {
		paths = append(paths, filepath.Join(home, ".clusto.conf"))
	}
	for _, path := range paths {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}
