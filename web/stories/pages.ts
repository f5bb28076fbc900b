import type { Page } from '@playwright/test'

/** A page that every general story looks at. */
export interface Place {
  name: string
  /** Its address in the world of the demonstration. */
  path: string
  /** Its address in the fleet of 100,000 servers of bench/fleet; without it the same. */
  large?: string
  /** What is on it when its content is there, as a selector; without it the page's own marks. */
  content?: string
}

/** All pages, one line each. Whoever adds a page adds it here. */
export const places: Place[] = [
  { name: 'start', path: '/' },
  { name: 'servers', path: '/things?q=type%20%3D%20server' },
  { name: 'server', path: '/things/web001', large: '/things/s0000001' },
  { name: 'server-ports', path: '/things/web001?tab=ports', large: '/things/s0000001?tab=ports' },
  { name: 'server-contents', path: '/things/web001?tab=contents', large: '/things/s0000001?tab=contents' },
  { name: 'server-addresses', path: '/things/web001?tab=addresses', large: '/things/s0000001?tab=addresses' },
  { name: 'server-actions', path: '/things/web001?tab=actions', large: '/things/s0000001?tab=actions' },
  { name: 'server-history', path: '/things/web001?tab=history', large: '/things/s0000001?tab=history' },
  { name: 'server-dhcp', path: '/things/web001?tab=dhcp', large: '/things/s0000001?tab=dhcp' },
  { name: 'rack-thing', path: '/things/sv3-003', large: '/things/rack-00001' },
  { name: 'racks', path: '/racks' },
  { name: 'rack', path: '/racks/sv3-003', large: '/racks/rack-00001' },
  { name: 'racks-beside', path: '/racks/sv3-003?beside=sv3-004', large: '/racks/rack-00001?beside=rack-00002' },
  { name: 'addresses', path: '/addresses' },
  { name: 'network', path: '/addresses/net-sv3-db', large: '/addresses/net-001' },
  { name: 'address', path: '/addresses/net-sv3-db?address=10.20.24.2', large: '/addresses/net-001' },
  { name: 'pools', path: '/pools' },
  { name: 'pools-overlap', path: '/pools?pools=%5B%22webserver%22%2C%22production%22%5D', large: '/pools' },
  { name: 'pool', path: '/pools/webserver', large: '/pools/production' },
  { name: 'topology', path: '/topology' },
  { name: 'topology-switch', path: '/topology?from=sv3-001-sw1', large: '/topology?from=rack-00001-sw1' },
  { name: 'topology-list', path: '/topology?from=sv3-001-sw1&view=list', large: '/topology?from=rack-00001-sw1&view=list' },
  { name: 'history', path: '/history' },
  { name: 'version', path: '/history/150', large: '/history/20' },
  { name: 'compare', path: '/history/compare?from=140&to=150', large: '/history/compare?from=19&to=20' },
  { name: 'deleted', path: '/history/deleted' },
  { name: 'admin', path: '/admin' },
  { name: 'users', path: '/admin?tab=users' },
  { name: 'drivers', path: '/admin?tab=drivers' },
  { name: 'layouts', path: '/admin?tab=layouts' },
  { name: 'setup', path: '/setup' },
  { name: 'setup-rack', path: '/setup?step=rack' },
]

/** Goes to a page and waits until its content is there: a heading, and nothing that is awaited. */
export async function goTo(page: Page, place: Place, path = place.path): Promise<void> {
  await page.goto(path)
  await page.locator(place.content ?? 'main h1').first().waitFor({ timeout: 20_000 })
  await page.waitForFunction(() => !document.querySelector('main [role=progressbar], main [aria-busy=true], main [role=status][data-waiting]'))
}
