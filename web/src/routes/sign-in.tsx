import { createFileRoute } from '@tanstack/react-router'
import { SignInPage } from '@/pages/signin/SignInPage'

interface Search {
  /** Where to go afterwards. */
  to?: string
}

export const Route = createFileRoute('/sign-in')({
  validateSearch: (search: Record<string, unknown>): Search => (typeof search.to === 'string' ? { to: search.to } : {}),
  component: SignInPage,
})
