import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { read } from '@/api/read'
import { useAt } from '@/time/at'
import { merge } from './graph'
import type { TopologySearch } from './search'

/** The patterns of the types of ports of each kind. */
const patterns: Record<string, string> = { network: 'nic-*', power: 'pwr-*', console: 'console-*' }

/** How many things are shown at most. */
export const mostThings = 10_000

/** Reads the topology that an address asks for, and what is to be shown besides. */
export function useTopology(search: TopologySearch) {
  const at = useAt()
  const ports = search.ports?.split(',').map(kind => patterns[kind]).filter(pattern => pattern !== undefined)
  const asked = {
    limit: mostThings,
    ...(ports?.length ? { port_type: ports } : {}),
    ...(search.compare ? { compare: search.compare } : {}),
    ...(at ? { at } : {}),
  }
  const base = useQuery({
    ...read('/topology', { query: { from: search.from ?? '', hops: search.hops ?? 2, ...asked } }),
    enabled: search.from !== undefined,
    placeholderData: keepPreviousData,
  })
  const more = useQueries({
    queries: (search.more ?? []).map(from => read('/topology', { query: { from, hops: 1, ...asked } })),
    combine: results => ({ data: results.flatMap(result => (result.data ? [result.data] : [])), error: results.find(result => result.error)?.error }),
  })
  const graph = useMemo(() => base.data && merge(base.data, ...more.data), [base.data, more.data])
  return { graph, isPending: base.isPending, isFetching: base.isFetching, error: base.error ?? more.error, cut: base.data?.more ?? false }
}
