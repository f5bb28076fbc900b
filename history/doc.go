// Package history answers what happened to the inventory, and undoes it: the
// log of versions, what is different between two of them, who made each
// attribute what it is, and new versions that revert old ones or bring back
// what was deleted.
//
// Everything works on the contracts of the root package, [clusto.History] and
// what a transaction can do besides, so it knows no database. It asks a number
// of questions that does not depend on how many changes there are to tell about.
//
// [Resolve] turns what people write into a version. [Log], [Show], [Between]
// and [BlameOf] read. [PlanRevert] and [PlanUndelete] only read too: they say
// what would be done, or what stands in its way; [Plan.Apply] does it.
package history
