// Package convert brings inventories in. An [Importer] reads a file of some
// format, one directory each, as records; [Import] makes entities as the records
// say, new or changed, in one version, or says everything that is wrong with
// them. What goes out goes by the format's own Export.
package convert
