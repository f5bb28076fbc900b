package dhcp

// Story is a decision told step by step. The zero Story is empty.
type Story struct {
	Steps []Step
}

// Step is one thing that was looked at, and what came of it.
type Step struct {
	// Subject is what was looked at, such as "client", "port", "enabled",
	// "network", "address", or the name of an option.
	Subject string
	// Text says what came of it, as a sentence for people.
	Text string
	// From is the entity whose attribute it is from, "" if none; Overrides has
	// what farther containers say and is not heeded, nearest first.
	From      string
	Overrides []Override
	// Failed says that the decision ended here; Hint says what to do about it,
	// such as a command.
	Failed bool
	Hint   string
}

// Override is a value that a nearer one overrides.
type Override struct {
	From, Value string
}

// Tell adds a step. It may be called on nil, which takes nothing.
func (s *Story) Tell(step Step) {
	if s != nil {
		s.Steps = append(s.Steps, step)
	}
}
