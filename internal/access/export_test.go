package access

// Carefully returns a subject that may do everything, each time after a look at
// the thing.
func Carefully(name string) Subject {
	s := Everything(name, "")
	s.source = fixed{&rights{grants: []held{{Grant: Grant{Verb: Admin}}}, careful: true}}
	return s
}

// The limits of failed sign-ins.
const (
	UserFree    = userFree
	AddrFree    = addrFree
	UserLongest = userLongest
	AddrLongest = addrLongest
	MostKept    = maxRemembered
)

// Remembered returns how many users and addresses the limiter of a remembers.
func Remembered(a *Authenticator) (users, addrs int) {
	return len(a.limiter.users.of), len(a.limiter.addrs.of)
}
