// Package fleet fills a database with a fleet of servers as a company has it:
// datacenters of racks, in each forty servers with a switch, two power strips and
// a console server, all cabled; pools, networks, names, and a past in which
// servers were renamed, changed and scrapped.
//
// [Load] makes the fleet of a number of servers in few big transactions, and
// writes the rows itself that drivers would have written, which ask much more
// than they write. [Fleet.Age] goes through the drivers. What is made follows from
// the options alone: [Fleet.Name], [Fleet.Addr] and the like tell what belongs to
// server number i without asking the database.
package fleet
