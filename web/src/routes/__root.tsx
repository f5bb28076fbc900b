import { createRootRouteWithContext, Outlet, retainSearchParams, useRouterState } from '@tanstack/react-router'
import { Frame } from '@/frame/Frame'
import { Gate } from '@/frame/Gate'
import type { RouterContext } from '@/router'

/** What the address of every page may say. */
interface RootSearch {
  /** The version or time that is shown; without it now. */
  at?: string
}

/** Every page but that on which one signs in is for who is known, and has the frame around it. */
function Root() {
  const outside = useRouterState({ select: state => state.location.pathname === '/sign-in' })
  if (outside) return <Outlet />
  return <Gate><Frame><Outlet /></Frame></Gate>
}

export const Route = createRootRouteWithContext<RouterContext>()({
  validateSearch: (search: Record<string, unknown>): RootSearch => {
    const at = search.at
    return (typeof at === 'string' && at.trim() !== '') || typeof at === 'number' ? { at: String(at) } : {}
  },
  search: { middlewares: [retainSearchParams(['at'])] },
  component: Root,
})
