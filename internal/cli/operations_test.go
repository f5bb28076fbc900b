package cli_test

import (
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/clusto/clusto/api"
)

// commandsOf says by which command each operation of the API is reached.
var commandsOf = map[string]string{
	"listEntities": "list", "createEntities": "create", "getEntity": "info", "deleteEntity": "delete",
	"listAttributes": "attr show", "addAttributes": "attr add", "setAttributes": "attr set", "deleteAttributes": "attr delete",
	"listContents": "pool show", "insertContent": "insert", "removeContent": "remove", "listParents": "tree", "getTree": "tree",
	"combineContainers": "list-pool", "listOrphans": "orphans",
	"listPorts": "port list", "getPort": "port list", "setPortAttributes": "port set", "connectPort": "port connect",
	"disconnectPort": "port disconnect", "tracePort": "port trace",
	"listAddresses": "ip list", "bindAddress": "ip bind", "releaseAddress": "ip release", "getAddress": "ip show", "getAddressHistory": "ip history",
	"overlapContainers": "pool overlaps",
	"listManagers":      "manager list", "getManager": "manager show", "listFreeRanges": "manager free", "listAllocations": "manager show",
	"allocate": "allocate", "deallocate": "deallocate", "reserve": "manager reserve", "unreserve": "manager unreserve",
	"listRacks": "rack list", "getRack": "rack show", "drawRack": "rack show", "applyLayout": "rack layout apply", "addServer": "rack add-server",
	"listLayouts": "rack layout list", "getLayout": "rack layout show",
	"listDrivers": "driver list", "getDriver": "driver show", "listTypes": "type list", "callMethod": "call",
	"getPower": "power status", "switchPower": "power on", "getConsole": "console",
	"search": "search", "explainQuery": "query", "queryTable": "query", "completeQuery": "query", "changeEntity": "rename", "transact": "create",
	"export": "export", "import": "import",
	"listVersions": "log", "getVersion": "show", "diff": "diff", "tellDiff": "diff", "getTopology": "topology", "getBlame": "blame", "revert": "revert", "undelete": "undelete",
	"redact": "redact", "prune": "prune", "fsck": "fsck",
	"runScript": "run", "openShell": "shell", "enterShell": "shell", "completeShell": "shell", "interruptShell": "shell", "closeShell": "shell",
	"listUsers": "user list", "createUser": "user create", "getUser": "user show", "changeUser": "user set", "deleteUser": "user delete",
	"listGroups": "group list", "setGroup": "group set", "deleteGroup": "group delete",
	"listGrants": "grant list", "createGrant": "grant add", "deleteGrant": "grant delete",
	"listViews": "view list", "putView": "view save", "getView": "view show", "deleteView": "view delete",
	"listTokens": "token list", "createToken": "token create", "revokeToken": "token revoke", "can": "can",
	"getServer":   "doctor",
	"explainDhcp": "dhcp explain", "listLeases": "dhcp leases", "watchDhcp": "dhcp watch", "replayDhcp": "dhcp replay",
	"listTraps": "traps", "watchTraps": "traps",
}

// withoutCommand says which operations need no command, and why.
var withoutCommand = map[string]string{
	"queryFile":         "query --csv and --json print the same",
	"editMany":          "scripts and transactions of a file do more; the pages show the difference of thousands of things",
	"streamChanges":     "a command that never ends; programs follow changes with package client",
	"getAddressMap":     "a picture, for pages; manager show --owners and manager free say the same in lines",
	"lastFsck":          "of pages, which show what is known already; a person at a terminal wants fsck to look",
	"getOverview":       "of the start page; type list and rack list have the numbers",
	"getReach":          "diff and query say what a change reaches; the page asks before it is made",
	"listAttributeKeys": "of pages, which complete what is typed; query and the shell complete by themselves",
	"getTimeline":       "a picture; log has the versions themselves",
	"getSignInWays":     "of the page to sign in",
	"getSession":        "can says what one may do; the rest is for browsers",
	"signIn":            "of browsers; a command has a token or a password with each request",
	"signOut":           "of browsers",
}

// TestOperationsHaveCommands checks that each operation of the API is reached by a
// command that there is.
func TestOperationsHaveCommands(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^ +operationId: (\w+)$`).FindAllSubmatch(api.Spec, -1) {
		id := string(m[1])
		known[id] = true
		command, reached := commandsOf[id]
		if _, needsNone := withoutCommand[id]; reached == needsNone {
			t.Errorf("%s is to be either in commandsOf or, with the reason, in withoutCommand", id)
		}
		if reached && !slices.Contains(everyCommand, command) {
			t.Errorf("%s: there is no command %q", id, command)
		}
	}
	for _, table := range []map[string]string{commandsOf, withoutCommand} {
		for id := range maps.Keys(table) {
			if !known[id] {
				t.Errorf("the API has no operation %s", id)
			}
		}
	}
}
