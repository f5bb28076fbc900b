import { createFileRoute } from '@tanstack/react-router'
import { PoolPage } from '@/pages/pools/PoolPage'
import { known } from '@/time/known'

interface Search {
  /** The query that what is shown of the pool meets. */
  q?: string
  /** How things are put in, if they are. */
  add?: 'pick' | 'query' | 'list'
}

const ways = ['pick', 'query', 'list']

export const Route = createFileRoute('/pools/$name')({
  validateSearch: known(({ q, add }: Record<string, unknown>): Search => ({
    ...(typeof q === 'string' || typeof q === 'number' ? { q: String(q) } : {}),
    ...(ways.includes(add as string) ? { add: add as 'pick' } : {}),
  })),
  component: PoolPage,
})
