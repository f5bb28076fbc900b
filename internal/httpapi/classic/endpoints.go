package classic

import (
	"iter"
	"net/http"
	"slices"
	"strings"
)

// action answers a request.
type action func(c *call) (answer, error)

// endpoint is something that the API does.
type endpoint struct {
	Method string
	Path   string // as http.ServeMux has it; a slash at its end makes no difference
	Params string // parameters, as people write them
	Doc    string // what it does, in sentences
	do     action
}

// application is a part of the API with paths of its own.
type application struct {
	mount     string // the first part of its paths; "" for the root
	Module    string // where apiserver had it
	Doc       string
	Endpoints []endpoint
}

// applications returns all that the API does. The mux and the documentation
// are made of this table.
func applications() []application {
	return []application{rootApplication(), entityApplication(), attributeApplication(), managerApplication()}
}

func rootApplication() application {
	return application{Module: "clustoapi.server", Doc: "Look-ups, and what the server tells about itself.", Endpoints: []endpoint{
		{"GET", "/by-name/{name}", "[driver]",
			"One entity. With driver it must have that driver, or one that extends it.", byName},
		{"GET", "/by-names", "name…",
			"Several entities in the order of their names, null for those that do not exist; 206 if some are missing, 404 if all are.", byNames},
		{"GET", "/by-attr", "key [subkey] [value] [datatype] [mask]",
			"The entity of each attribute that matches. A value is a text, unless datatype says otherwise.", byAttr},
		{"GET", "/from-pools", "pool… [driver…] [type…] [children]",
			"What is in all of the pools; children=0 leaves out what is in their contents.", fromPools},
		{"GET", "/driverlist", "", "The drivers, each with its class.", driverList},
		{"GET", "/typelist", "", "The types, each with the class of one of its drivers.", typeList},
		{"GET", "/__version__", "", "The version of this API.", version},
		{"GET", "/__meta__", "", "The applications and where they are.", meta},
		{"GET", "/__doc__", "", "This text, as HTML or, for those who accept text/plain, as plain text.", documentation},
		{"GET", "/__doc__/{application}", "", "The same of one application; /entity/__doc__ does as well.", documentation},
	}}
}

func entityApplication() application {
	return application{mount: "/entity", Module: "clustoapi.apps.entity", Doc: "Entities, and what is in them.", Endpoints: []endpoint{
		{"GET", "/entity", "[names…] [clusto_types…] [clusto_drivers…] [attrs…]",
			"All entities, or those that the parameters select. Each of attrs is a JSON object with key, subkey, number and value.", listEntities},
		{"GET", "/entity/__doc__", "", "The documentation of this application.", documentation},
		{"GET", "/entity/{driver}", "[names…] [clusto_types…] [attrs…]", "Those of one driver.", listEntities},
		{"POST", "/entity/{driver}", "name…",
			"Makes entities. If some exist already the answer is 202, and the header Warnings names them.", createEntities},
		{"GET", "/entity/{driver}/{name}", "", "One entity.", showEntity},
		{"POST", "/entity/{driver}/{name}", "action device…",
			"Puts devices into an entity (action=insert) or takes them out (action=remove).", changeContents},
		{"DELETE", "/entity/{driver}/{name}", "", "Deletes an entity.", deleteEntity},
	}}
}

func attributeApplication() application {
	const written = "value [datatype] [mask]"
	return application{mount: "/attribute", Module: "clustoapi.apps.attribute", Doc: "Attributes. " +
		"Those that are written come as parameters, or as JSON: one object or a list of them. " +
		"The datatype is int, string, datetime, relation or json; a datetime is read as mask says, in the directives of strptime.", Endpoints: []endpoint{
		{"GET", "/attribute/__doc__", "", "The documentation of this application.", documentation},
		{"GET", "/attribute/{name}", "[driver]", "The attributes of an entity.", showAttrs},
		{"GET", "/attribute/{name}/{key}", "[driver]", "Those with a key.", showAttrs},
		{"GET", "/attribute/{name}/{key}/{subkey}", "[driver]", "Those with a key and a subkey.", showAttrs},
		{"GET", "/attribute/{name}/{key}/{subkey}/{number}", "[driver]", "Those with a number as well.", showAttrs},
		{"POST", "/attribute/{name}", "key [subkey] [number] " + written, "Adds attributes; answers with all there are then.", addAttrs},
		{"POST", "/attribute/{name}/{key}/{subkey}", "[number] " + written, "Adds an attribute.", addAttrs},
		{"POST", "/attribute/{name}/{key}/{subkey}/{number}", written, "Adds an attribute.", addAttrs},
		{"PUT", "/attribute/{name}/{key}", "[subkey] [number] " + written, "Sets an attribute; answers with all there are then.", setAttrs},
		{"PUT", "/attribute/{name}/{key}/{subkey}", "[number] " + written, "Sets an attribute.", setAttrs},
		{"PUT", "/attribute/{name}/{key}/{subkey}/{number}", written, "Sets an attribute.", setAttrs},
		{"DELETE", "/attribute/{name}/{key}", "[driver]", "Deletes the attributes with a key; answers with what is left.", deleteAttrs},
		{"DELETE", "/attribute/{name}/{key}/{subkey}", "[driver]", "Deletes those with a key and a subkey.", deleteAttrs},
		{"DELETE", "/attribute/{name}/{key}/{subkey}/{number}", "[driver]", "Deletes those with a number as well.", deleteAttrs},
	}}
}

func managerApplication() application {
	return application{mount: "/resourcemanager", Module: "clustoapi.apps.resourcemanager", Doc: "Resource managers, and what they hand out.", Endpoints: []endpoint{
		{"GET", "/resourcemanager", "", "All resource managers.", listManagers},
		{"GET", "/resourcemanager/__doc__", "", "The documentation of this application.", documentation},
		{"GET", "/resourcemanager/{driver}", "", "Those of one driver.", listManagers},
		{"POST", "/resourcemanager/{driver}", "name [property…]",
			"Makes a resource manager with properties such as gateway, netmask, baseip, basename and digits. If it exists already the answer is 202.", createManager},
		{"GET", "/resourcemanager/{driver}/{name}", "", "One resource manager.", showManager},
		{"POST", "/resourcemanager/{driver}/{name}", "driver or object [resource]",
			"Allocates a resource to an object, or makes an entity of a driver; the next free one, or the one that is named.", allocate},
		{"DELETE", "/resourcemanager/{driver}/{name}", "object [resource]",
			"Takes a resource back from an object, or all that it has from there.", deallocate},
	}}
}

// methods are those in which the API answers for its paths, HEAD with GET: it
// refuses what an endpoint does not have, rather than leave that to who else is
// in the mux.
var methods = []string{"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}

// patterns yields every pattern of the API with what to do. They name methods, so
// that a mux may have "GET /" beside them.
func (a *API) patterns() iter.Seq2[string, action] {
	served := map[string]map[string]action{} // path -> method -> action
	for _, app := range applications() {
		for _, e := range app.Endpoints {
			if served[e.Path] == nil {
				served[e.Path] = map[string]action{"OPTIONS": noContent}
			}
			served[e.Path][e.Method] = e.do
		}
		for _, path := range []string{app.mount, app.mount + rest} {
			if app.mount != "" && served[path] == nil {
				served[path] = map[string]action{"OPTIONS": noContent}
			}
		}
	}
	return func(yield func(string, action) bool) {
		for path, byMethod := range served {
			for _, method := range methods {
				do := byMethod[method]
				if do == nil {
					do = refusal(byMethod)
				}
				if !yield(method+" "+path, do) {
					return
				}
				if !strings.HasSuffix(path, rest) && !yield(method+" "+path+"/{$}", do) {
					return
				}
			}
		}
	}
}

// rest is all that may follow after the path of an application.
const rest = "/{rest...}"

// refusal returns what a path does in a method that it does not have.
func refusal(served map[string]action) action {
	var allowed []string
	for _, method := range methods {
		if served[method] != nil {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 1 { // OPTIONS, which everything has
		return unknownPath
	}
	if slices.Contains(allowed, "GET") {
		allowed = append(allowed, "HEAD")
	}
	return func(*call) (answer, error) {
		a := text(http.StatusMethodNotAllowed, "Method not allowed.")
		a.header.Set("Allow", strings.Join(allowed, ", "))
		return a, nil
	}
}

func noContent(*call) (answer, error) { return empty(http.StatusNoContent), nil }

func unknownPath(c *call) (answer, error) {
	return text(http.StatusNotFound, "Not found: "+pythonRepr(c.r.URL.Path)), nil
}

func gone(*call) (answer, error) {
	a := empty(http.StatusGone)
	a.header.Set("Content-Type", "text/html; charset=UTF-8")
	return a, nil
}
