import { createFileRoute } from '@tanstack/react-router'
import { AdminPage } from '@/pages/admin/AdminPage'
import { tabOf, type AdminTab } from '@/pages/admin/tabs'
import { known } from '@/time/known'

interface Search {
  /** The part that is shown; without it the state of the server. */
  tab?: AdminTab
  /** What is searched for in it. */
  q?: string
  /** The driver, layout or user that is looked at. */
  show?: string
}

export const Route = createFileRoute('/admin/')({
  validateSearch: known((search: Record<string, unknown>): Search => {
    const tab = tabOf(search.tab)
    const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined)
    const [q, show] = [text(search.q), text(search.show)]
    return { ...(tab ? { tab } : {}), ...(q ? { q } : {}), ...(show ? { show } : {}) }
  }),
  component: AdminPage,
})
