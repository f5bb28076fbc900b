import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { api } from '@/api/client'
import { useReadNow } from '@/api/read'
import { useAt } from '@/time/at'
import type { LogSearch } from './search'

const pageSize = 200

/**
 * Reads the log page by page, the newest first. The pages show what there was when the log was
 * opened; what is made later is asked for by itself, so that a change does not load all of them again.
 */
export function useLog(filters: LogSearch) {
  const at = useAt()
  const [opened, setOpened] = useState<number>()
  const newest = useReadNow('/versions', { query: { limit: 1 } }, { enabled: !at && opened === undefined })
  if (opened === undefined && newest.data) setOpened(newest.data.version)
  const then = at ?? (opened === undefined ? undefined : String(opened))
  const filter = {
    ...(filters.user ? { user: filters.user } : {}),
    ...(filters.grep ? { grep: filters.grep } : {}),
    ...(filters.about ? { about: [filters.about] } : {}),
    ...(filters.since ? { since: filters.since } : {}),
    ...(filters.until ? { until: filters.until } : {}),
  }
  const pages = useInfiniteQuery({
    queryKey: ['/versions of the log', { query: { ...filter, at: then } }],
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...filter, limit: pageSize, at: then!, ...(pageParam ? { cursor: pageParam } : {}) }
      return (await api.GET('/versions', { params: { query }, signal })).data!
    },
    initialPageParam: '',
    getNextPageParam: page => page.next ?? undefined,
    enabled: then !== undefined,
    staleTime: Infinity,
  })
  const later = useReadNow('/versions', { query: { ...filter, after: opened ?? 0, limit: 1000 } }, { enabled: !at && opened !== undefined, keep: true })
  const entries = useMemo(
    () => [...(at ? [] : later.data?.versions ?? []), ...(pages.data?.pages.flatMap(page => page.versions) ?? [])],
    [at, later.data, pages.data],
  )
  return { ...pages, entries, isPending: pages.isPending, error: pages.error ?? newest.error }
}
