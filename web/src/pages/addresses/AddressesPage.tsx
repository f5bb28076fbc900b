import { Page } from '@/ui'

/** To be made. */
export function AddressesPage() {
  return <Page title="Addresses"><p /></Page>
}
