import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useAt } from '@/time/at'
import { api } from './client'

/** A list that comes in pages, as far as it is loaded. */
export interface Endless<T> {
  rows: T[]
  /** Loads the next page, if there is one and it is not on its way. */
  more: () => void
  /** Nothing has come yet. */
  isPending: boolean
  /** All of it is here. */
  isAll: boolean
  error: unknown
}

/**
 * Asks for a list page after page, as of the version that the page shows. ask is given the cursor and the version,
 * and key names what is asked for.
 */
export function useEndless<T>(
  key: readonly unknown[],
  ask: (get: typeof api.GET, cursor: string | undefined, at: string | undefined) => Promise<{ rows: T[]; next?: string | undefined }>,
  enabled = true,
): Endless<T> {
  const at = useAt()
  const pages = useInfiniteQuery({
    queryKey: ['endless', { query: { at } }, ...key],
    queryFn: ({ pageParam }) => ask(api.GET, pageParam || undefined, at),
    initialPageParam: '',
    getNextPageParam: last => last.next,
    placeholderData: keepPreviousData,
    enabled,
    ...(at ? { staleTime: Infinity } : {}),
  })
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  return { rows: pages.data?.pages.flatMap(page => page.rows) ?? [], more, isPending: pages.isPending, isAll: !hasNextPage, error: pages.error }
}
