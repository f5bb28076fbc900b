// Package past gives the demonstration a past: an invented company with two
// datacenters and some hundred servers, and the weeks in which its people built
// it, moved things, made mistakes and took them back.
//
// [Write] goes through drivers, rack layouts and resource managers as everybody
// does, with one transaction for each change. What happened when is told to the
// store by its clock, see [Clock]. All of it follows from the time that the past
// ends at, so that two demonstrations begin alike.
package past
