// Package fsck looks for what is wrong in an inventory and repairs what can be
// repaired without guessing. Classic clusto checked little and wrote many
// changes in several transactions, so its databases hold doubled names, halves
// of cables and relations to nothing; hands that write SQL add the rest.
//
// [Check] reads everything once, in a number of statements that does not depend
// on the size of the inventory, and returns findings; [Repair] does the same in
// a transaction, repairs, and looks again until nothing is left that it could
// repair. What it removes stays in the history. What only a person can know,
// such as which of two servers has an address, it leaves alone and says so.
//
// Each check is a file; [Checks] lists them.
package fsck
