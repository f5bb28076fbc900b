import { Page } from '@/ui'

/** To be made. */
export function RacksPage() {
  return <Page title="Racks"><p /></Page>
}
