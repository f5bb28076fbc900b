import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { api, type Schemas } from '@/api/client'
import { read } from '@/api/read'
import { useAt, useGoTo } from './at'

export type LogEntry = Schemas['LogEntry']

/** Returns the version that is shown, with who made it and when; undefined for now, and until it is known. */
export function useShown() {
  const at = useAt()
  return useQuery({
    ...read('/versions', { query: { limit: 1, at: at ?? '' } }),
    enabled: at !== undefined,
    staleTime: Infinity,
    select: page => page.versions[0],
  })
}

/** Returns a text of a time for who reads it. */
export function localTime(time: string | undefined, seconds = false): string {
  return time ? new Date(time).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: seconds ? 'medium' : 'short' }) : 'a time that is not known'
}

/** Returns the newest version as of a version or time; undefined if there was none. */
export async function versionAt(at: string): Promise<LogEntry | undefined> {
  const { data } = await api.GET('/versions', { params: { query: { limit: 1, at } } })
  return data?.versions[0]
}

/** Returns what goes to the version before or after the one that is shown; behind the newest is now. */
export function useStep(): (to: 'before' | 'after') => Promise<void> {
  const at = useAt()
  const goTo = useGoTo()
  const queries = useQueryClient()
  return useCallback(async to => {
    const around = { limit: 2, ...(at ? { at } : {}) }
    const { versions } = await queries.fetchQuery({ ...read('/versions', { query: around }), staleTime: at ? Infinity : 0 })
    if (to === 'before') {
      const before = versions[1]
      if (before) goTo(String(before.version))
      return
    }
    const here = versions[0]
    if (!at || !here) return
    const later = await queries.fetchQuery({ ...read('/versions', { query: { after: here.version, oldest_first: true, limit: 2 } }), staleTime: 0 })
    // The newest version is now.
    goTo(later.versions.length > 1 ? String(later.versions[0]!.version) : undefined)
  }, [at, goTo, queries])
}
