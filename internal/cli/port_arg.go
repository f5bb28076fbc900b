package cli

import (
	"fmt"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

const portForm = "write TYPE/PORT, such as nic-eth/1 or pwr-nema-5/aa3"

// parsePort reads a port of an entity: nic-eth/1. Where only the number or the outlet
// is given, the type is that of another port.
func parsePort(entity, text, otherType string) (api.PortRef, error) {
	i := strings.LastIndexByte(text, '/')
	p := api.PortRef{Entity: entity, Type: otherType, Port: text[i+1:]}
	if i >= 0 {
		p.Type = text[:i]
	}
	if p.Type == "" || p.Port == "" {
		return p, clusto.WithHint(usagef("%q is not a port of %s", text, entity), "%s", portForm)
	}
	return p, nil
}

// portText returns a port as parsePort reads it, with the name of its entity.
func portText(p api.PortRef) string { return p.Entity + " " + p.Type + "/" + p.Port }

// peerText returns what a port is connected to.
func peerText(p *api.Peer) string {
	switch {
	case p == nil:
		return ""
	case p.Outlet != "":
		return fmt.Sprintf("%s %s/%s", p.Entity, p.Type, p.Outlet)
	case p.Port == 0:
		return p.Entity
	case p.Type == "":
		return fmt.Sprintf("%s %d", p.Entity, p.Port)
	}
	return fmt.Sprintf("%s %s/%d", p.Entity, p.Type, p.Port)
}
