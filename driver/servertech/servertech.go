// Package servertech has the drivers of power strips by Server Technology.
package servertech

import (
	"fmt"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/basic"
	"github.com/clusto/clusto/port"
)

// outletsPerBank is how many outlets each of the banks of a PowerTower XM has.
const outletsPerBank = 8

// PowerTowerXM is a power strip of 32 outlets in four banks, aa to bb, with names
// such as aa1. Classic says that it has 16 outlets, but names 32. It does not
// implement clusto.PowerSwitch.
var PowerTowerXM = &clusto.Driver{
	Name: "powertowerxm", Class: "PowerTowerXM", Base: basic.PowerStrip,
	Properties: []clusto.Property{{Name: "withslave", Default: clusto.Int(0)}},
	Ports: []clusto.PortGroup{
		{Type: "pwr-nema-L5", Count: 2},
		{Type: port.Power, Count: 4 * outletsPerBank},
		{Type: port.Ethernet, Count: 1},
		{Type: port.Console, Count: 1},
	},
	PortNames: outletNames("aa", "ab", "ba", "bb"),
	Doc:       "a PowerTower XM with 32 outlets, aa1 to bb8",
}

// outletNames returns the numbers of the outlets by name, bank after bank.
func outletNames(banks ...string) map[string]int {
	names := map[string]int{}
	for i, bank := range banks {
		for n := 1; n <= outletsPerBank; n++ {
			names[fmt.Sprint(bank, n)] = i*outletsPerBank + n
		}
	}
	return names
}
