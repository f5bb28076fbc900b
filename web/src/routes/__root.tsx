import { createRootRouteWithContext, Outlet, retainSearchParams } from '@tanstack/react-router'
import { Frame } from '@/frame/Frame'
import type { RouterContext } from '@/router'

/** What the address of every page may say. */
interface RootSearch {
  /** The version or time that is shown; without it now. */
  at?: string
}

export const Route = createRootRouteWithContext<RouterContext>()({
  validateSearch: (search: Record<string, unknown>): RootSearch => {
    const at = search.at
    return typeof at === 'string' || typeof at === 'number' ? { at: String(at) } : {}
  },
  search: { middlewares: [retainSearchParams(['at'])] },
  component: () => <Frame><Outlet /></Frame>,
})
