package httpapi_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// libraryOverHTTP says by which operation of the API each operation of the library
// is reached.
var libraryOverHTTP = map[string]string{
	"clusto.Inventory.Object": "getEntity", "clusto.Inventory.Objects": "listEntities", "clusto.Inventory.FindObjects": "listEntities",
	"clusto.Inventory.Create": "createEntities", "clusto.Inventory.ByAttr": "listEntities", "clusto.Inventory.ByMAC": "search",
	"clusto.Inventory.BySerial": "search", "clusto.Inventory.InAll": "combineContainers", "clusto.Inventory.MergedAttrs": "listEntities",
	"clusto.Inventory.Drivers": "listDrivers", "clusto.Inventory.Exists": "getEntity",
	"clusto.Object.Insert": "insertContent", "clusto.Object.Place": "insertContent", "clusto.Object.Remove": "removeContent",
	"clusto.Object.Contains": "listContents", "clusto.Object.Contents": "listContents", "clusto.Object.Parents": "listParents",
	"clusto.Object.Driver": "getDriver", "clusto.Object.Call": "callMethod",
	"clusto.Object.Attrs": "listAttributes", "clusto.Object.MergedAttrs": "listAttributes", "clusto.Object.Value": "listAttributes",
	"clusto.Object.MergedValue": "listAttributes", "clusto.Object.AddAttr": "addAttributes", "clusto.Object.AddAttrs": "addAttributes",
	"clusto.Object.NextNumber": "addAttributes", "clusto.Object.SetAttr": "setAttributes", "clusto.Object.DelAttrs": "deleteAttributes",
	"clusto.Object.Property": "listAttributes", "clusto.Object.SetProperty": "setAttributes",
	"clusto.Object.References": "listAttributes", "clusto.Object.ReferringAttrs": "queryTable", "clusto.Object.Referencers": "queryTable",
	"clusto.Object.Rename": "changeEntity", "clusto.Object.ChangeDriver": "changeEntity", "clusto.Object.Delete": "deleteEntity",

	"port.Attr": "getPort", "port.AddAttr": "setPortAttributes", "port.SetAttr": "setPortAttributes", "port.DelAttr": "setPortAttributes",
	"port.Connect": "connectPort", "port.Disconnect": "disconnectPort", "port.Peer": "getPort", "port.Free": "getPort",
	"port.Info": "listPorts", "port.Infos": "listEntities", "port.FreePorts": "listPorts", "port.Connected": "listPorts", "port.Of": "listPorts",
	"port.StatusOf": "getPort", "port.Status.Value": "getPort",
	"port.Outlet": "listPorts", "port.Types": "listPorts", "port.All": "listPorts", "port.Trace": "tracePort",

	"resource.Manager.Allocations": "listAllocations", "resource.Manager.FreeRanges": "listFreeRanges", "resource.Manager.Available": "listFreeRanges",
	"resource.Manager.Owners": "listAllocations", "resource.Manager.Count": "getManager", "resource.Manager.Held": "listAllocations",
	"resource.Manager.NewEntity": "allocate", "resource.Manager.MakeEntity": "allocate", "resource.Manager.Network": "getManager",
	"resource.Manager.NetworkIn": "getManager", "resource.Manager.Reservations": "getManager", "resource.Manager.Reserve": "reserve",
	"resource.Manager.Unreserve": "unreserve", "resource.Manager.ReservationOf": "getAddress", "resource.Manager.Allocate": "allocate",
	"resource.Manager.Deallocate": "deallocate", "resource.Manager.Usage": "getManager", "resource.Usages": "listManagers", "resource.Manager.Map": "getAddressMap",
	"resource.Resources": "getEntity", "resource.Addrs": "listAddresses", "resource.Devices": "getAddress", "resource.Bind": "bindAddress",
	"resource.Networks": "listManagers", "resource.ManagerFor": "getAddress", "resource.ManagersFor": "getAddress", "resource.Of": "getManager",
	"resource.Network.Contains": "getAddress", "resource.Network.Netmask": "getManager", "resource.Network.Last": "getManager",
	"resource.Network.Broadcast": "getManager", "resource.Network.CIDR": "listAddresses",

	"rackfactory.ManagerFor": "bindAddress", "rackfactory.GiveAddress": "addServer", "rackfactory.For": "applyLayout", "rackfactory.Of": "applyLayout",
	"rackfactory.Sources.Factory": "applyLayout", "rackfactory.Sources.Names": "listLayouts", "rackfactory.Layouts.Layout": "getLayout",
	"rackfactory.Layouts.Names": "listLayouts", "rackfactory.Layouts.Broken": "listLayouts", "rackfactory.Layouts.Factory": "applyLayout",
	"rackfactory.Device.NameIn": "getLayout", "rackfactory.Layout.Device": "getLayout", "rackfactory.Layout.Slot": "getLayout",

	"history.BlameOf": "getBlame", "history.Brief": "listVersions", "history.Between": "diff", "history.Find": "listVersions", "history.Holders": "getAddressHistory", "history.IDs": "listVersions",
	"history.Log": "listVersions", "history.TimelineOf": "getTimeline", "history.Limit": "listVersions", "history.Plan.Apply": "revert", "history.Redact": "redact", "history.Prune": "prune",
	"history.Revert": "revert", "history.PlanRevert": "revert", "history.Show": "getVersion", "history.Undelete": "undelete",
	"history.PlanUndelete": "undelete", "history.Resolve": "getVersion", "history.ParseTime": "listVersions", "history.ParseUntil": "listVersions",
	"history.EntityDiff.Name": "diff", "history.Diff.Empty": "diff", "history.Entry.Summary": "listVersions",
	"history.Tell": "tellDiff", "history.Value.Text": "diff", "history.Value.Data": "diff",
}

// libraryNotOverHTTP says what is not reached, and why.
var libraryNotOverHTTP = map[string]string{
	"clusto.Inventory.Tx":        "how it is read is not what is read",
	"clusto.Inventory.Wrap":      "an entity that was read already",
	"clusto.Inventory.ValueText": "the API answers with JSON",
	"clusto.Inventory.Names":     "the API calls things by name",
	"clusto.Inventory.Known":     "the API calls things by name",
	"clusto.Object.Inventory":    "what it was read from",
	"clusto.Object.Check":        "every change checks itself",
	"clusto.Object.ReadAhead":    "how it is read is not what is read",
	"port.End.Key":               "the name of an attribute",
	"resource.IPNumber":          "the stored form of an address",
	"resource.IPAddr":            "the stored form of an address",
	"resource.IPValue":           "the stored form of an address",
	"resource.ValueAddr":         "the stored form of an address",
	"resource.ParseAddr":         "reads an argument",
	"resource.Key":               "the name of an attribute",
	"resource.CheckNetwork":      "every change of a manager checks itself",
	"resource.CheckPolicy":       "every change of a manager checks itself",
	"rackfactory.New":            "reads the library of the server",
	"rackfactory.ParseLayout":    "reads the library of the server",
	"history.WriteLog":           "the API answers with JSON",
}

// forPeople are methods that any type may have and that are no operations.
var forPeople = []string{"Error", "Is", "String", "MarshalJSON", "UnmarshalJSON", "WriteText"}

// TestLibraryIsInAPI checks that every exported operation of the library is in one
// of the tables, and that the operations of the API that they name are there.
func TestLibraryIsInAPI(t *testing.T) {
	t.Parallel()
	operations := map[string]bool{}
	for _, op := range readContract(t).operations {
		operations[op.OperationID] = true
	}
	found := map[string]bool{}
	for name, dir := range map[string]string{
		"clusto": "../..", "port": "../../port", "resource": "../../resource", "rackfactory": "../../rackfactory", "history": "../../history",
	} {
		for _, f := range exportedFuncs(t, name, dir) {
			found[f] = true
			id, over := libraryOverHTTP[f]
			if _, not := libraryNotOverHTTP[f]; over == not {
				t.Errorf("%s is to be either in libraryOverHTTP or, with the reason, in libraryNotOverHTTP", f)
			}
			if over && !operations[id] {
				t.Errorf("%s: the API has no operation %s", f, id)
			}
		}
	}
	for _, table := range []map[string]string{libraryOverHTTP, libraryNotOverHTTP} {
		for f := range table {
			if !found[f] {
				t.Errorf("the library has no %s", f)
			}
		}
	}
}

// exportedFuncs returns the exported functions and methods of a package; of the
// root, which is mostly vocabulary, the methods of Object and Inventory alone.
func exportedFuncs(t *testing.T, name, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal(dir, " has no files: ", err)
	}
	var funcs []string
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range f.Decls {
			d, ok := decl.(*ast.FuncDecl)
			if !ok || !d.Name.IsExported() || slices.Contains(forPeople, d.Name.Name) {
				continue
			}
			of := receiver(d)
			if of != "" && !ast.IsExported(of) || name == "clusto" && of != "Object" && of != "Inventory" {
				continue
			}
			funcs = append(funcs, strings.ReplaceAll(name+"."+of+"."+d.Name.Name, "..", "."))
		}
	}
	return funcs
}

// receiver returns the type that a method belongs to, or "".
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	of := d.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	if generic, ok := of.(*ast.IndexExpr); ok {
		of = generic.X
	}
	if name, ok := of.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}
