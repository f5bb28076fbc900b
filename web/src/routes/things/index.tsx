import { createFileRoute } from '@tanstack/react-router'
import { ListPage } from '@/pages/list/ListPage'

interface Search {
  /** The query. */
  q?: string
}

export const Route = createFileRoute('/things/')({ validateSearch: (search: Record<string, unknown>): Search => (typeof search.q === 'string' ? { q: search.q } : {}), component: ListPage })
