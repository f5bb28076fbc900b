import { createFileRoute } from '@tanstack/react-router'
import { PoolsPage } from '@/pages/pools/PoolsPage'
import { known } from '@/time/known'

interface Search {
  /** The filter. */
  q?: string
  /** The pools that are laid over each other. */
  pools?: string[]
  /** The part of them that is looked at. */
  part?: string[]
}

function names(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.length > 0 ? [...new Set(value.map(String))].slice(0, 32) : undefined
}

export const Route = createFileRoute('/pools/')({
  validateSearch: known((search: Record<string, unknown>): Search => {
    const pools = names(search.pools)
    const part = names(search.part)?.filter(name => pools?.includes(name))
    return {
      ...(typeof search.q === 'string' || typeof search.q === 'number' ? { q: String(search.q) } : {}),
      ...(pools ? { pools } : {}),
      ...(part && part.length > 0 ? { part } : {}),
    }
  }),
  component: PoolsPage,
})
