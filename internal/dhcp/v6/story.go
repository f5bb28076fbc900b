package v6

import (
	"fmt"

	"github.com/clusto/clusto/internal/dhcp"
	"github.com/insomniacslk/dhcp/iana"
)

// tellPacket tells what was received, and why it goes no further.
func tellPacket(story *dhcp.Story, out *Outcome, m *Meta) {
	if story == nil {
		return
	}
	q := &out.request
	text := fmt.Sprintf("%s from %s", q.kind, m.From.Addr())
	if q.depth > 0 {
		text += fmt.Sprintf(", relays: %d", q.depth)
	}
	if len(q.clientID) > 0 {
		text += fmt.Sprintf(", DUID %x", q.clientID)
	}
	if out.Reason != dhcp.Answered {
		text += ": " + string(out.Reason)
	}
	story.Tell(dhcp.Step{Subject: "packet", Text: text, Failed: out.Reason != dhcp.Answered})
}

// tellReply tells what is answered.
func tellReply(story *dhcp.Story, out *Outcome) {
	if story == nil {
		return
	}
	if len(out.Reply) == 0 {
		story.Tell(dhcp.Step{Subject: "answer", Text: fmt.Sprintf("no answer: %s", out.Reason), Failed: true})
		return
	}
	text := fmt.Sprintf("%s to %s", out.Told, out.To)
	if out.Status != iana.StatusSuccess {
		text += fmt.Sprintf(" with the status %s: %s", out.Status, out.Reason)
	}
	story.Tell(dhcp.Step{Subject: "answer", Text: text})
}
