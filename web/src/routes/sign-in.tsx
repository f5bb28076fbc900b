import { createFileRoute } from '@tanstack/react-router'
import { SignInPage } from '@/pages/signin/SignInPage'
import { known } from '@/time/known'

interface Search {
  /** Where to go afterwards. */
  to?: string
}

export const Route = createFileRoute('/sign-in')({
  validateSearch: known((search: Record<string, unknown>): Search => (typeof search.to === 'string' ? { to: search.to } : {})),
  component: SignInPage,
})
