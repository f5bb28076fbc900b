package server

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// sameSite refuses what a page of another site has a browser ask for. Where a
// service trusts everybody on its machine, a browser there would else lend that
// trust to every page that is looked at: by requests that change something, which
// any page may send, and by names of the page's own site that lead to
// 127.0.0.1, through which it could read as well.
func (s *Server) sameSite(next http.Handler) http.Handler {
	origins := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := origins.Check(r); err != nil {
			s.metrics.refused.WithLabelValues("origin").Inc()
			Problem(w, r, http.StatusForbidden, "a page of another site asks for this: "+err.Error(), "")
			return
		}
		if s.opts.Local && !s.namesThisMachine(r) {
			s.metrics.refused.WithLabelValues("host").Inc()
			Problem(w, r, http.StatusForbidden, "this service is for its own machine, and was asked for as "+cut(r.Host, 200),
				"use localhost or 127.0.0.1; of a proxy before it, name the address in [http] trusted_proxies")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// namesThisMachine reports whether a request is for a name that only this
// machine has, or comes by a way that no page can send it: a Unix socket, or a
// proxy that is trusted.
func (s *Server) namesThisMachine(r *http.Request) bool {
	from, unix := peer(r)
	if unix || s.settings.Load().TrustedProxies.Contains(from) {
		return true
	}
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = strings.Trim(r.Host, "[]")
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().IsLoopback()
	}
	return strings.EqualFold(host, "localhost")
}
