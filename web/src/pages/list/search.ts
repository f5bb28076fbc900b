/** What the address of a list says. */
export interface ListSearch {
  /** The query; without it everything. */
  q?: string
  /** The columns, in their order; without them the usual ones. */
  cols?: string[]
  /** Widths of columns in pixels, where somebody has chosen them. */
  widths?: Record<string, number>
  /** The column that rows are sorted by, after a minus the other way round. */
  sort?: string
}

export const usualColumns = ['name', 'type', 'driver', 'rack', 'ip']

/** The narrowest and the widest column, in pixels. */
export const narrowest = 60
export const widest = 1200

const mostColumns = 100

/** Reads the address of a list; what cannot be meant is left out. */
export function readSearch(search: Record<string, unknown>): ListSearch {
  const found: ListSearch = {}
  if ((typeof search.q === 'string' || typeof search.q === 'number') && String(search.q).trim() !== '') found.q = String(search.q)
  if (typeof search.sort === 'string' && search.sort) found.sort = search.sort
  const cols = Array.isArray(search.cols) ? search.cols.filter((col): col is string => typeof col === 'string' && col !== '') : []
  if (cols.length > 0) found.cols = [...new Set(cols)].slice(0, mostColumns)
  const widths = readWidths(search.widths)
  if (Object.keys(widths).length > 0) found.widths = widths
  return found
}

function readWidths(widths: unknown): Record<string, number> {
  if (typeof widths !== 'object' || widths === null) return {}
  const good = Object.entries(widths).filter((entry): entry is [string, number] => typeof entry[1] === 'number' && Number.isFinite(entry[1]))
  return Object.fromEntries(good.map(([column, width]) => [column, within(width)]))
}

/** Returns a width that a column can have. */
export function within(width: number): number {
  return Math.round(Math.min(widest, Math.max(narrowest, width)))
}

/** Returns the query that a list asks. */
export function askedFor(search: ListSearch): string {
  return search.q ?? 'name exists'
}

/** Returns what a click on the heading of a column sorts by: it, it the other way round, and then by name again. */
export function nextSort(sort: string | undefined, column: string): string | undefined {
  if (sort === column) return `-${column}`
  if (sort === `-${column}`) return undefined
  return column
}

/** Returns the heading of a column, as people say it. */
export function headingOf(column: string): string {
  const plain: Record<string, string> = {
    name: 'Name', type: 'Type', driver: 'Driver', rack: 'Rack', ru: 'Units', parent: 'In', ip: 'Addresses', mac: 'MAC',
    pool: 'Pools', datacenter: 'Datacenter', cage: 'Cage', zone: 'Zone', role: 'Role', hostname: 'Hostname',
    internal_ips: 'Internal addresses', public_ips: 'Public addresses',
  }
  const known = plain[column]
  if (known) return known
  const attr = /^(attr|own|merged)\((.*)\)$/s.exec(column)
  return attr ? attr[2]! + (attr[1] === 'merged' ? ' (merged)' : '') : column
}
