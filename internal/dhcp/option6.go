package dhcp

// Codes of DHCPv6 options that decisions know.
const (
	codeFQDN6     = 39
	codeBootFile6 = 59
)

// options6 are the options of DHCPv6, under the names of ISC dhcpd without
// "dhcp6.", and others that people use.
var options6 = []definition{
	{7, 7, formU8, "preference", nil},
	{17, 17, formHex, "vendor-opts", nil},
	{21, 21, formSearch, "sip-servers-names", []string{"sip_server_dns"}},
	{22, 22, formIP6s, "sip-servers-addresses", []string{"sip_server_addr"}},
	{23, 23, formIP6s, "name-servers", []string{"domain_name_servers", "domain_name_server", "nameservers", "nameserver", "name_server", "dns_servers", "dns_server", "dns"}},
	{24, 24, formSearch, "domain-search", []string{"search", "search_domains"}},
	{27, 27, formIP6s, "nis-servers", nil},
	{28, 28, formIP6s, "nisp-servers", nil},
	{29, 29, formDomain, "nis-domain-name", nil},
	{30, 30, formDomain, "nisp-domain-name", nil},
	{31, 31, formIP6s, "sntp-servers", nil},
	{32, 32, formU32, "info-refresh-time", []string{"information_refresh_time"}},
	{33, 33, formSearch, "bcms-server-d", []string{"bcmcs_server_dns"}},
	{34, 34, formIP6s, "bcms-server-a", []string{"bcmcs_server_addr"}},
	{36, 36, formHex, "geoconf-civic", nil},
	{39, 39, formFQDN6, "fqdn", []string{"client_fqdn", "host_name", "hostname"}},
	{41, 41, formText, "posix-timezone", []string{"new_posix_timezone"}},
	{42, 42, formText, "tzdb-timezone", []string{"new_tzdb_timezone", "timezone"}},
	{51, 51, formDomain, "v6-lost", nil},
	{56, 56, formNTP6, "ntp-servers", []string{"ntp_server", "ntp"}},
	{60, 60, formTexts, "bootfile-param", []string{"bootfile_params", "boot_params"}},
	{64, 64, formDomain, "aftr-name", nil},
	{82, 82, formU32, "solmax-rt", []string{"sol_max_rt"}},
	{83, 83, formU32, "inf-max-rt", nil},
	{103, 103, formText, "v6-captive-portal", []string{"captive_portal"}},
	{112, 112, formText, "mud-url", nil},
	{136, 136, formTexts, "v6-sztp-redirect", []string{"sztp_redirect"}},
	{144, 144, formHex, "v6-dnr", nil},
}

// besides6 is what else attributes dhcp6.* say.
var besides6 = []definition{
	{slotEnabled, 0, formBool, "enabled", nil},
	{slotUpdateIPMI, 0, formBool, "update_ipmi", nil},
	{slotBMCVendor, 0, formVendors, "bmc_vendor", []string{"ipmi_vendor"}},
	{slotLease, 0, formSeconds, "lease-time", []string{"valid_lifetime", "default_lease_time"}},
	{slotRenew, 0, formSeconds, "renewal-time", []string{"renew_time", "renew_timer", "t1"}},
	{slotRebind, 0, formSeconds, "rebinding-time", []string{"rebind_time", "rebind_timer", "t2"}},
	{slotDomain6, 0, formText, "domain-name", []string{"domain"}},
	{slotElsewhere, 0, formText, "duid", []string{"shared_network", "circuit_offset"}},
	{slotServer, 1, nil, "client-id", nil},
	{slotServer, 2, nil, "server-id", nil},
	{slotServer, 3, nil, "ia-na", nil},
	{slotServer, 4, nil, "ia-ta", nil},
	{slotServer, 5, nil, "ia-addr", nil},
	{slotServer, 6, nil, "oro", nil},
	{slotServer, 8, nil, "elapsed-time", nil},
	{slotServer, 9, nil, "relay-msg", nil},
	{slotServer, 11, nil, "auth", nil},
	{slotServer, 12, nil, "unicast", nil},
	{slotServer, 13, nil, "status-code", nil},
	{slotServer, 14, nil, "rapid-commit", nil},
	{slotServer, 15, nil, "user-class", nil},
	{slotServer, 16, nil, "vendor-class", nil},
	{slotServer, 18, nil, "interface-id", nil},
	{slotServer, 19, nil, "reconf-msg", nil},
	{slotServer, 20, nil, "reconf-accept", nil},
	{slotServer, 25, nil, "ia-pd", nil},
	{slotServer, 26, nil, "ia-prefix", nil},
	{slotServer, 37, nil, "remote-id", nil},
	{slotServer, 61, nil, "client-arch-type", nil},
	{slotServer, 62, nil, "nii", nil},
	{slotServer, 79, nil, "client-linklayer-addr", nil},
}
