// Package apc has the drivers of hardware by APC.
package apc

import (
	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/basic"
)

// Rack is a rack by APC (classic: apcrack.py).
var Rack = &clusto.Driver{Name: "apcrack", Class: "APCRack", Base: basic.Rack, Doc: "a rack by APC"}
