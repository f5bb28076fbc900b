package query

// aboutField says what the fields are.
var aboutField = map[string]string{
	fieldName: "what it is called", fieldHostname: "the attribute hostname, else the name", fieldType: "such as server or rack",
	fieldDriver: "what it is exactly", fieldParent: "all that it is in", fieldRole: "pools that are a role",
	fieldIP: "its addresses", fieldMAC: "its hardware addresses", fieldAttr: "an attribute of its own", fieldOwn: "an attribute of its own",
	fieldMerged: "an attribute of its own or of what it is in",
	"pool":      "pools that it is in", "datacenter": "the datacenter that it is in", "rack": "the rack that it is in",
	"cage": "the cage that it is in", "zone": "the zone that it is in",
}

// aboutOperator says what the operators pass.
var aboutOperator = map[string]string{
	"=": "equal", "!=": "not equal", "<": "before or less", "<=": "at most", ">": "after or more", ">=": "at least",
	"startswith": "begins so", "endswith": "ends so", "contains": "has it in it", "like": "of this form; * is any text",
	"matches": "a regular expression", "in": "one of a list", "in_cidr": "addresses in a network", "exists": "has any",
}
