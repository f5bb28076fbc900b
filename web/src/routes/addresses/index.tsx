import { createFileRoute } from '@tanstack/react-router'
import { AddressesPage } from '@/pages/addresses/AddressesPage'
import { known } from '@/time/known'

interface Search {
  /** The filter. */
  q?: string
  family?: 4 | 6
}

export const Route = createFileRoute('/addresses/')({
  validateSearch: known(({ q, family }: Record<string, unknown>): Search => ({
    ...(typeof q === 'string' || typeof q === 'number' ? { q: String(q) } : {}),
    ...(family === 4 || family === 6 ? { family } : {}),
  })),
  component: AddressesPage,
})
