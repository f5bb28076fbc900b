import { Page } from '@/ui'

/** To be made. */
export function AdminPage() {
  return <Page title="Admin"><p /></Page>
}
