package query

// operator is what a condition compares by. Its negations are part of the
// condition.
type operator uint8

const (
	opEqual operator = iota + 1
	opLess
	opLessEqual
	opGreater
	opGreaterEqual
	opStartsWith
	opEndsWith
	opContains
	opLike
	opMatches
	opIn
	opInCIDR
	opExists
)

// operators are the spellings of the operators, the canonical one of each first.
// Those that negate are in negations.
var operators = []struct {
	op        operator
	spellings []string
}{
	{opEqual, []string{"=", "==", "is"}},
	{opLess, []string{"<", "lt"}},
	{opLessEqual, []string{"<=", "le"}},
	{opGreater, []string{">", "gt"}},
	{opGreaterEqual, []string{">=", "ge"}},
	{opStartsWith, []string{"startswith", "^"}},
	{opEndsWith, []string{"endswith", ","}},
	{opContains, []string{"contains"}},
	{opLike, []string{"like"}},
	{opMatches, []string{"matches"}},
	{opIn, []string{"in"}},
	{opInCIDR, []string{"in_cidr"}},
	{opExists, []string{"exists"}},
}

// unequal are the spellings of "not equal".
var unequal = []string{"!=", "<>", "isnt"}

// Words that join conditions, in lower case, and their signs.
var (
	andWords = []string{"and", "&"}
	orWords  = []string{"or", "|"}
	notWords = []string{"not", "~"}
)

// operatorOf returns the operator that is spelled s.
func operatorOf(s string) (operator, bool) {
	for _, o := range operators {
		for _, spelling := range o.spellings {
			if s == spelling {
				return o.op, true
			}
		}
	}
	return 0, false
}

// String returns the operator's canonical spelling.
func (op operator) String() string {
	for _, o := range operators {
		if o.op == op {
			return o.spellings[0]
		}
	}
	return ""
}

// takesList reports whether the operator is about a list of values.
func (op operator) takesList() bool { return op == opIn || op == opInCIDR }

// orders reports whether the operator asks for an order.
func (op operator) orders() bool { return op >= opLess && op <= opGreaterEqual }

// The fields that have a word of their own.
const (
	fieldName     = "name"
	fieldHostname = "hostname"
	fieldType     = "type"
	fieldDriver   = "driver"
	fieldParent   = "parent"
	fieldRole     = "role"
	fieldIP       = "ip"
	fieldMAC      = "mac"
	fieldAttr     = "attr"
	fieldOwn      = "own"
	fieldMerged   = "merged"
)

// containerTypes are the types of containers that are a field each: what an
// entity is in, at any depth. clusto-query has such a field for each type.
var containerTypes = []string{"pool", "datacenter", "rack", "cage", "zone"}

// otherFields are the fields that are no containers.
var otherFields = []string{
	fieldName, fieldHostname, fieldType, fieldDriver, fieldParent, fieldRole, fieldIP, fieldMAC,
	fieldAttr, fieldOwn, fieldMerged,
}

// fieldAliases are other spellings of fields, as clusto-query and scripts have them.
var fieldAliases = map[string]string{"clusto_type": fieldType, "clusto_driver": fieldDriver}

// Fields returns the words that a condition can begin with, such as "name".
// "attr", "own" and "merged" are followed by the name of an attribute.
func Fields() []string {
	return append(append([]string(nil), otherFields...), containerTypes...)
}

// Operators returns the canonical spellings of the operators, such as
// "startswith". All but "=" can be preceded by "not"; the negation of that is "!=".
func Operators() []string {
	all := []string{"=", "!="}
	for _, o := range operators[1:] {
		all = append(all, o.spellings[0])
	}
	return all
}
