package cli

import "os/user"

// userOf returns who changes are recorded for: the configured user, else that of
// the system, if it has a name.
func userOf(s *Setting) string {
	if s.Config.Clusto.User != "" {
		return s.Config.Clusto.User
	}
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}
