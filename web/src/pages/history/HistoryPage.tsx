import { Page } from '@/ui'

/** To be made. */
export function HistoryPage() {
  return <Page title="History"><p /></Page>
}
