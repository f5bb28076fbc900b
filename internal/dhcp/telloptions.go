package dhcp

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/clusto/clusto"
)

// optionName returns how a setting is called, with its number if it is an option.
func (s *setting) optionName() string {
	if s.code == 0 {
		return s.name
	}
	return fmt.Sprintf("%s (%d)", s.name, s.code)
}

func (d *decision) tellSetting(s *setting) {
	if d.story == nil {
		return
	}
	d.story.Tell(Step{Subject: s.name, From: s.from.Name, Overrides: overrides(s),
		Text: fmt.Sprintf("%s is %s, by %s of %s.", s.optionName(), s.shown(), s.written, s.from.Name)})
}

func (d *decision) tellExpanded(s *setting, texts []string) {
	if d.story != nil {
		d.tell(s.name, "For %s, %s is %s.", d.a.Host.Name, s.shown(), strings.Join(texts, ", "))
	}
}

func (d *decision) tellBad(s *setting, why error) {
	if d.story == nil {
		return
	}
	hint := clusto.Hint(why)
	if hint == "" {
		hint = fmt.Sprintf("correct it: clusto attr set %s %s=…", s.from.Name, s.written)
	}
	d.story.Tell(Step{Subject: s.name, From: s.from.Name, Overrides: overrides(s), Hint: hint,
		Text: fmt.Sprintf("%s of %s is left out: %v.", s.written, s.from.Name, why)})
}

func (d *decision) tellAlways(name, why string, data []byte) {
	if d.story == nil {
		return
	}
	shown := shownID(data)
	if addr, ok := netip.AddrFromSlice(data); ok {
		shown = addr.String()
	}
	step := Step{Subject: name, Text: fmt.Sprintf("%s is %s, %s.", name, shown, why)}
	if d.net != nil {
		step.From = d.net.Manager.Name
	}
	d.story.Tell(step)
}

func (d *decision) tellHostName(name string) {
	if d.story != nil {
		d.story.Tell(Step{Subject: "host-name", From: d.a.Host.Name, Text: fmt.Sprintf("host-name is %s.", name)})
	}
}

func (d *decision) tellBoot(s *setting) {
	if d.story != nil {
		d.story.Tell(Step{Subject: "boot file", From: s.from.Name, Overrides: overrides(s),
			Text: fmt.Sprintf("The boot file is %s, by %s of %s.", d.a.BootFile, s.written, s.from.Name)})
	}
}

func (d *decision) tellNoURL(s *setting) {
	if d.story != nil {
		d.story.Tell(Step{Subject: "boot file", From: s.from.Name,
			Text: fmt.Sprintf("The client boots by HTTP, and %s of %s is no URL.", s.written, s.from.Name),
			Hint: fmt.Sprintf("clusto attr set %s %s.filename-http=http://…", s.from.Name, keyDHCP)})
	}
}

func (d *decision) tellTimes() {
	if d.story == nil {
		return
	}
	if d.a.Lease == infinite*time.Second {
		d.tell("lease", "The address is told for ever.")
		return
	}
	d.tell("lease", "The address is told for %s; after %s the client asks again, after %s anyone.", short(d.a.Lease), short(d.a.Renew), short(d.a.Rebind))
}

// short returns a time without the minutes and seconds that are 0.
func short(t time.Duration) string {
	text := t.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-len("0s")]
		}
	}
	return text
}

func (d *decision) tellBadTimes() {
	if d.story != nil {
		d.tell("lease", "renewal-time, rebinding-time and lease-time do not rise, so the first two are left out.")
	}
}
