// Package basic has the drivers that belong to no vendor: the root driver that
// all others extend, devices, locations and racks, pools, and the resource
// managers, with the names, properties, ports and methods of classic clusto.
// It does no network input or output.
//
// Each driver is a value, such as [Server] or [Rack]; driver/all lists them.
// What devices share is in two mixins, [Ports] and [Addresses]. A driver for
// real hardware extends one of these and says what is different; see package
// cisco for a short example.
package basic
