/** What of the topology is shown, and how. */
export interface TopologySearch {
  /** The thing to begin with. */
  from?: string
  hops?: number
  /** Kinds of cables, with commas: network, power, console. Without it all. */
  ports?: string
  /** The version or time to compare with. */
  compare?: string
  order?: 'tiers'
  view?: 'list'
  /** The thing that is selected. */
  select?: string
  /** The things whose neighbours are shown too. */
  more?: string[]
}

/** How many things may be asked for to show more of. */
const mostMore = 40

export function topologySearch(raw: Record<string, unknown>): TopologySearch {
  const found: TopologySearch = {}
  for (const name of ['from', 'ports', 'compare', 'select'] as const) {
    const value = raw[name]
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') found[name] = String(value)
  }
  const hops = Number(raw.hops)
  if (Number.isInteger(hops) && hops >= 1 && hops <= 64) found.hops = hops
  if (raw.order === 'tiers') found.order = 'tiers'
  if (raw.view === 'list') found.view = 'list'
  if (Array.isArray(raw.more)) found.more = [...new Set(raw.more.map(String))].slice(0, mostMore)
  return found
}
