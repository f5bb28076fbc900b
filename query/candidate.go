package query

// Candidate is something that may stand at a place of a query.
type Candidate struct {
	Text  string        `json:"text"`            // as it stands in a query, with quotes where it needs them
	Kind  CandidateKind `json:"kind"`            // what it is
	About string        `json:"about,omitempty"` // what it means, or the type of the entity of that name
}

// CandidateKind is what a candidate is.
type CandidateKind string

// The kinds of candidates.
const (
	CandidateField    CandidateKind = "field"     // begins a condition
	CandidateOperator CandidateKind = "operator"  // compares
	CandidateJoin     CandidateKind = "join"      // joins conditions
	CandidateAttr     CandidateKind = "attribute" // the key of attributes, perhaps with a subkey
	CandidateValue    CandidateKind = "value"     // what there is to compare with
	CandidateName     CandidateKind = "name"      // the name of an entity
)
