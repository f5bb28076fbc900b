package config

// classicKeys are keys for sections that we have too. They are accepted and
// mean nothing here. A file name is where classic clusto reads the key; the
// others are accepted because files of its users may have them.
var classicKeys = map[string][]string{
	"clusto": {
		"caching",   // switched a cache of entities; the snapshot replaces it
		"memcached", // the servers of that cache
		"plugins",   // Python modules to import (script_helper.py, load_config)
	},
	"dhcpd": {
		"bind",    // listen says it
		"host",    // listen says it
		"logfile", // we log to standard error
		"pidfile", // the service manager knows the process
		"port",    // listen says it
	},
	"http": {
		"bind", // listen says it
		"host", // listen says it
		"port", // listen says it
	},
	"snmptrapd": {
		"bind",    // listen says it
		"host",    // listen says it
		"logfile", // we log to standard error
		"pidfile", // the service manager knows the process
		"port",    // listen says it
	},
}

// classicSections are sections that we do not have, named after classic's
// commands, services and companions. Whatever is in them is accepted and means
// nothing here. A file name is where classic reads such a section.
var classicSections = map[string]bool{
	"DEFAULT":         true, // values for %(name)s in other sections (Python's ConfigParser)
	"allocate":        true, // clusto allocate
	"apiserver":       true, // clusto-apiserver (clustoapi/server.py)
	"attr":            true, // clusto attr
	"console":         true, // clusto console (commands/console.py)
	"deallocate":      true, // clusto deallocate
	"dhcp":            true, // clusto-dhcpd; of its keys [dhcpd] has update_ipmi
	"discover-subnet": true, // clusto-discover-subnet
	"ec2":             true, // clusto-ec2
	"fai":             true, // clusto fai
	"httpd":           true, // clusto-httpd
	"info":            true, // clusto info
	"list-all":        true, // clusto list-all
	"list-pool":       true, // clusto list-pool
	"pool":            true, // clusto pool
	"puppet":          true, // clusto puppet-node (commands/puppet_node.py)
	"reboot":          true, // clusto reboot
	"rename":          true, // clusto rename
	"shell":           true, // clusto shell
	"tree":            true, // clusto tree
	"update-info":     true, // clusto-update-info
}
