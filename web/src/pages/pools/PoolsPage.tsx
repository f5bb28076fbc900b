import { Page } from '@/ui'

/** To be made. */
export function PoolsPage() {
  return <Page title="Pools"><p /></Page>
}
