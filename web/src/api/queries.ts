import { QueryClient } from '@tanstack/react-query'
import { Problem } from './problem'

/** Returns what remembers answers. They are fresh until live.ts hears of a change. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        gcTime: 300_000,
        refetchOnWindowFocus: false,
        retry: (count, err) => count < 3 && err instanceof Problem && (err.body.status === 0 || err.body.status === 503),
        throwOnError: false,
      },
    },
  })
}
