import { Page } from '@/ui'

/** To be made. */
export function VersionPage() {
  return <Page title="Version"><p /></Page>
}
