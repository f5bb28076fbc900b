import { Page } from '@/ui'

/** To be made. */
export function TopologyPage() {
  return <Page title="Topology"><p /></Page>
}
