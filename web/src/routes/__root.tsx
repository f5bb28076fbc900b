import { createRootRouteWithContext, Outlet, retainSearchParams, useRouterState } from '@tanstack/react-router'
import { Frame } from '@/frame/Frame'
import { Gate } from '@/frame/Gate'
import type { RouterContext } from '@/router'
import { rootSearch } from '@/time/known'

/** Every page but that on which one signs in is for who is known, and has the frame around it. */
function Root() {
  const outside = useRouterState({ select: state => state.location.pathname === '/sign-in' })
  if (outside) return <Outlet />
  return <Gate><Frame><Outlet /></Frame></Gate>
}

export const Route = createRootRouteWithContext<RouterContext>()({
  validateSearch: rootSearch,
  search: { middlewares: [retainSearchParams(['at'])] },
  component: Root,
})
