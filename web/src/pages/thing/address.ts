/** The parts of the page of a thing, in the order of their tabs. */
export const parts = ['overview', 'ports', 'contents', 'addresses', 'actions', 'history', 'dhcp'] as const

export type Part = (typeof parts)[number]

/** What the address of the page says besides the name. */
export interface ThingSearch {
  tab?: Part
  /** Attributes that are shown: a part of their name or value. */
  filter?: string
  /** Which attributes that are usually left out are shown: "kept" by ports and addresses, or "all". */
  more?: 'kept' | 'all'
  /** Who changed each attribute last is shown. */
  blame?: boolean
  /** The port whose cables are drawn, as TYPE/NUMBER. */
  port?: string
  /** Everything in a container, not only what is in it directly. */
  deep?: boolean
  /** Of the history: two versions to compare. */
  from?: number
  to?: number
  /** What a DHCP client is asked about with. */
  mac?: string
  relay?: string
  family?: 4 | 6
}

/** Returns what an address says, without what it cannot say. */
export function searchOf(search: Record<string, unknown>): ThingSearch {
  const said: ThingSearch = {}
  const tab = parts.find(part => part === search.tab)
  if (tab && tab !== 'overview') said.tab = tab
  for (const name of ['filter', 'port', 'mac', 'relay'] as const) {
    const value = search[name]
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') said[name] = String(value)
  }
  if (search.more === 'kept' || search.more === 'all') said.more = search.more
  if (search.blame === true) said.blame = true
  if (search.deep === true) said.deep = true
  for (const name of ['from', 'to'] as const) {
    const value = search[name]
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) said[name] = value
  }
  if (search.family === 6) said.family = 6
  return said
}
