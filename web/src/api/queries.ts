import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { Problem } from './problem'
import { noteProblem } from './signedout'

/** Returns what remembers answers. They are fresh until live.ts hears of a change. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    // Whether somebody is signed in at all is asked by who shows the first page.
    queryCache: new QueryCache({ onError: (error, query) => query.queryKey[0] !== 'session' && noteProblem(error) }),
    mutationCache: new MutationCache({ onError: noteProblem }),
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
