package config

// classicKeys are keys of classic clusto in sections that we have too. They
// are accepted and mean nothing here.
var classicKeys = map[string][]string{
	"clusto": {
		"audit",         // who may see the audit log; access is by user here
		"cache",         // cache of query results; the snapshot replaces it
		"cache_ttl",     // how long that cache was good for
		"caching",       // switched it on
		"driverdirs",    // directories of Python drivers; libdir has ours
		"echo",          // printed each SQL statement (create_engine)
		"logfile",       // scripthelpers.py; we log to standard error
		"memcached",     // servers of the cache
		"memcache",      // the same, as some wrote it
		"plugins",       // Python modules to import (script_helper.py)
		"pool_recycle",  // age at which SQLAlchemy closed a connection
		"poolclass",     // SQLAlchemy's kind of connection pool
		"pool_size",     // and its size
		"scriptdirs",    // where clusto-* programs were looked for (scripthelpers.py)
		"versioning",    // whether to keep history; we always do
		"mysql_charset", // SQLAlchemy's option
	},
	"snmptrapd": {
		"bind",      // listen has both
		"host",      // the same
		"port",      // the same
		"community", // classic took any and did not check it
		"log",       // we log to standard error
		"logfile",   // the same
		"pidfile",   // the service manager knows the process
		"user",      // the service manager sets it
	},
	"rackfactory": {
		"module", // Python module with the factories (contrib/diggext); layouts are in libdir
		"path",   // where it was
	},
}

// classicSections are sections of classic clusto that we do not have. Whatever
// is in them is accepted and means nothing here.
var classicSections = map[string]bool{
	"DEFAULT":         true, // values for %(name)s in other sections (ConfigParser)
	"allocate":        true, // options of clusto allocate
	"apiserver":       true, // clusto-apiserver: host, port, apps, response_headers …
	"attr":            true, // options of clusto attr
	"barker":          true, // receiver of boot-time facts (clusto-sgext)
	"console":         true, // user: whom clusto console logs in as (commands/console.py)
	"deallocate":      true, // options of clusto deallocate
	"dhcp":            true, // options of clusto-dhcpd (services/dhcp.py)
	"dhcpd":           true, // the same, by the program's name
	"discover":        true, // credentials of clusto-discover-subnet
	"discover-subnet": true, // the same, by the program's name
	"ec2":             true, // keys and regions of clusto-ec2
	"fai":             true, // options of clusto fai (commands/fai.py)
	"http":            true, // options of clusto-httpd (services/http.py)
	"httpd":           true, // the same, by the program's name
	"info":            true, // options of clusto info
	"list":            true, // options of clusto list
	"list-all":        true, // options of clusto list-all
	"list-pool":       true, // options of clusto list-pool
	"pool":            true, // options of clusto pool
	"puppet":          true, // attribute, base_class: of clusto puppet-node (commands/puppet_node.py)
	"reboot":          true, // options of clusto reboot
	"rename":          true, // options of clusto rename
	"shell":           true, // options of clusto shell
	"tree":            true, // options of clusto tree
	"update-info":     true, // credentials of clusto-update-info
	"vmmanager":       true, // options of the virtual machine managers
}
