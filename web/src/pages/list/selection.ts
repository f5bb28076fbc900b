/** Which rows of a list are selected: those that are named, or all but those. */
export interface Selection {
  all: boolean
  names: ReadonlySet<string>
}

export const nothing: Selection = { all: false, names: new Set() }
export const everything: Selection = { all: true, names: new Set() }

export function isSelected(selection: Selection, name: string): boolean {
  return selection.names.has(name) !== selection.all
}

/** Returns how many of all rows are selected. */
export function selectedCount(selection: Selection, total: number): number {
  return selection.all ? Math.max(0, total - selection.names.size) : selection.names.size
}

/** Selects a row, or no longer. */
export function toggle(selection: Selection, name: string): Selection {
  const names = new Set(selection.names)
  if (!names.delete(name)) names.add(name)
  return { all: selection.all, names }
}

/** Selects rows in addition to those that are. */
export function add(selection: Selection, added: Iterable<string>): Selection {
  const names = new Set(selection.names)
  for (const name of added) {
    if (selection.all) names.delete(name)
    else names.add(name)
  }
  return { all: selection.all, names }
}
