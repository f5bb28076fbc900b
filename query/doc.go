// Package query is the language in which people ask for entities:
//
//	type = server and (attr system.cpucount >= 16 or attr system.memory >= 32G) and datacenter = sv3 - pool = retired
//
// It keeps what users of clusto-query know. [Parse] reads a query, [Query.Run]
// answers it from any clusto.Reader, with a number of questions that follows from the query
// and not from the size of the inventory; [Query.Explain] and [Query.Analyze]
// tell how. [ParseFormat] and [NewColumns] show what was found.
//
// A query goes through the files in this order: lex.go (tokens), parse.go,
// chain.go, attrname.go and check.go (the tree of ast.go), plan.go (steps, each
// in the file of what it asks: entities.go, member.go, attrs.go, mac.go) and
// run.go, which works with sets of entities. compare.go says what passes,
// inside.go what is in containers. What is shown goes through format.go,
// columns.go and sheet.go.
//
// # Grammar
//
//	query     = all { ( "or" | "|" ) all }
//	all       = unary { ( "and" | "&" | "-" ) unary }
//	unary     = ( "not" | "~" ) unary | "(" query ")" | condition
//	condition = field [ "not" ] operator [ value | "(" value { "," value } ")" ]
//	field     = word | ( "attr" | "own" | "merged" ) key [ "." subkey ] [ "#" number ]
//
// So "not" binds tightest, then "and" and "-" alike, from the left, then "or".
// docs/query.md is the reference for users.
package query
