package httpapi

import (
	"net/http"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/dhcp/replay"
)

// maxRecording is how many bytes a recording may have, without its compression: it
// is held in memory as long as more answers to its requests may come.
const maxRecording = 32 << 20

// ReplayDhcp answers replayDhcp.
func (s *Server) ReplayDhcp(w http.ResponseWriter, r *http.Request, params api.ReplayDhcpParams) {
	answer := api.DhcpReplay{Packets: []api.DhcpPacket{}}
	decider, err := s.decider()
	if err == nil {
		err = s.viewDriven(r.Context(), params.At, func(inv *clusto.Inventory) (err error) {
			o := replay.Options{Decider: decider, Reader: inv.Reader}
			for x, err := range replay.Run(r.Context(), replay.Packets(r.Body, maxRecording), o) {
				if err != nil {
					return err
				}
				if len(answer.Packets) == maxLimit {
					return clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "the recording has more than %d requests", maxLimit), "take a part of it, as by editcap -r")
				}
				answer.Packets = append(answer.Packets, showExchange(x))
			}
			answer.Version, err = versionNumber(r.Context(), inv)
			return err
		})
	}
	s.reply(w, r, answer, err)
}

// showExchange returns a request of a recording, with what would be answered, as the
// API shows it.
func showExchange(x *replay.Exchange) api.DhcpPacket {
	shown := api.DhcpPacket{
		At: x.Request.At, Family: int(x.Family), Via: x.Request.Via, From: portText(x.Request.From), To: portText(x.Request.To),
		Message: x.Message, Reply: x.Told, Reason: string(x.Reason), Client: x.Client, Entity: x.Host.Name,
		Address: addrText(x.Addr), Dest: portText(x.To),
		Packet: x.Request.Data, Response: x.Reply, Steps: showSteps(&x.Story),
	}
	if x.Request.Problem != "" {
		shown.Reason = x.Request.Problem
	}
	for _, then := range x.Recorded {
		recorded := api.DhcpRecorded{Reply: then.Told, Server: then.Server}
		for _, d := range then.Differences {
			recorded.Differences = append(recorded.Differences, api.DhcpDifference{Field: d.Field, Recorded: d.Recorded, Ours: d.Ours})
		}
		shown.Recorded = append(shown.Recorded, recorded)
	}
	return shown
}
