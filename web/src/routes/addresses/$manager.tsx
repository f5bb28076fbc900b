import { createFileRoute } from '@tanstack/react-router'
import { ManagerPage } from '@/pages/addresses/ManagerPage'
import { known } from '@/time/known'

interface Search {
  /** Which part of the page is shown. */
  show?: 'given' | 'free' | 'reserved' | 'properties'
  /** The part of the network that the map shows. */
  within?: string
  /** The address that is looked at. */
  address?: string
}

const parts = ['given', 'free', 'reserved', 'properties']

export const Route = createFileRoute('/addresses/$manager')({
  validateSearch: known(({ show, within, address }: Record<string, unknown>): Search => ({
    ...(parts.includes(show as string) ? { show: show as 'given' } : {}),
    ...(typeof within === 'string' ? { within } : {}),
    ...(typeof address === 'string' ? { address } : {}),
  })),
  component: ManagerPage,
})
