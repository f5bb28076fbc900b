package dhcp

// Describe returns the name of an option, and what it says as people read it.
func Describe(family Family, o Option) (name, value string) { return "", Text(o.Data) }
