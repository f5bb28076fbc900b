import type { QueryClient } from '@tanstack/react-query'
import { createRouter, defaultStringifySearch } from '@tanstack/react-router'
import { PageError } from './frame/PageError'
import { NotHere, Waiting } from './ui'
import { routeTree } from './routes_gen'

/** What every route is given. */
export interface RouterContext {
  queries: QueryClient
}

/** Returns what an address says behind the path; a version is written without the quotes that would make it no number. */
function stringifySearch({ at, ...others }: Record<string, unknown>): string {
  const text = defaultStringifySearch(others)
  return typeof at === 'string' || typeof at === 'number' ? `${text}${text ? '&' : '?'}at=${encodeURIComponent(at)}` : text
}

/** Returns the router of all pages; src/routes has them by their addresses. */
export function newRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultPendingComponent: Waiting,
    defaultErrorComponent: PageError,
    defaultNotFoundComponent: NotHere,
    scrollRestoration: true,
    stringifySearch,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof newRouter>
  }
}
