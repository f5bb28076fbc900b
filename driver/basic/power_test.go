package basic_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/basic"
	"github.com/clusto/clusto/internal/dbtest"
)

// recorder is a power strip that writes down what it is told.
type recorder struct{ log *[]string }

func (r recorder) SwitchOutlet(_ context.Context, strip *clusto.Object, outlet int, action clusto.PowerAction) error {
	*r.log = append(*r.log, fmt.Sprintf("%s/%d %s", strip.Name, outlet, action))
	return nil
}

func TestPower(t *testing.T) {
	dbtest.FakeTime(t)
	var log []string
	strip := &clusto.Driver{
		Name: "recorder", Class: "Recorder", Base: basic.PowerStrip, Hardware: recorder{&log}, Doc: "a strip that writes things down",
	}
	for _, test := range []struct {
		method, driver string
		want           []string
	}{
		{"power_on", "basicserver", []string{"a/1 on"}},
		{"power_off", "penguinserver2u", []string{"a/1 off", "b/2 off"}},
		{"power_reboot", "basicserver", []string{"a/1 reboot"}},
		{"power_reboot", "penguinserver2u", []string{"a/1 off", "b/2 off", "a/1 on", "b/2 on"}},
	} {
		t.Run(test.method+" "+test.driver, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // for the pause between off and on
				log = nil
				store := inWorld(t, func(w world) {
					o := w.one(test.driver, "s1")
					for i, s := range w.make("recorder", "a", "b")[:o.Driver().PortCount("pwr-nema-5")] {
						w.call(o, "connect_ports", "pwr-nema-5", i+1, s, i+1)
					}
					w.refused(clusto.ErrInvalid, "", o, test.method) // after a write
				}, strip)
				if len(log) > 0 {
					t.Errorf("outlets were switched though the transaction had written: %v", log)
				}
				again(t, store, func(w world) {
					o, err := w.inv.Object(w.ctx, "s1")
					if err != nil {
						t.Fatal(err)
					}
					w.call(o, test.method)
				}, strip)
				if diff := cmp.Diff(test.want, log); diff != "" {
					t.Errorf("-want +got\n%s", diff)
				}
			})
		})
	}
}

func TestPowerAndConsoleRefuse(t *testing.T) {
	inWorld(t, func(w world) {
		o, pdu := w.one("basicserver", "s1"), w.one("powertowerxm", "pdu1")
		w.refused(clusto.ErrNotFound, "s1 is not connected to a power strip", o, "power_on")
		w.call(o, "connect_ports", "pwr-nema-5", 1, pdu, "aa3")
		w.refused(clusto.ErrUnsupported, "s1 is fed by pdu1 pwr-nema-5/3, whose driver powertowerxm cannot switch outlets", o, "power_reboot")
		w.refused(clusto.ErrUnsupported, "pdu1 is a power strip", pdu, "power_off")
		w.refused(clusto.ErrNotFound, "s1 is not connected to a console server", o, "console")
		plain := w.one("basicconsoleserver", "con1")
		w.call(o, "connect_ports", "console-serial", 1, plain, 24)
		w.refused(clusto.ErrUnsupported, "s1 is connected to con1 console-serial/24, and driver basicconsoleserver does not know", o, "console")
		w.call(o, "disconnect_port", "console-serial", 1)
		gear := w.one("opengearcm4148", "con2")
		w.call(o, "connect_ports", "console-serial", 1, gear, 48)
		got := w.call(o, "console", "admin").([]string)
		if diff := cmp.Diff([]string{"ssh", "-l", "admin:serial48", "con2"}, got); diff != "" {
			t.Error(diff)
		}
		if got := fmt.Sprint(w.call(o, "console")); !strings.Contains(got, "root:serial48") {
			t.Errorf("console = %s", got)
		}
	})
}
