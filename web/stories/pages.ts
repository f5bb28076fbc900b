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
  { name: 'rack-thing', path: '/things/sv3-003', large: '/things/rack-00001' },
  { name: 'racks', path: '/racks' },
  { name: 'rack', path: '/racks/sv3-003', large: '/racks/rack-00001' },
  { name: 'addresses', path: '/addresses' },
  { name: 'network', path: '/addresses/net-sv3-db', large: '/addresses/net-001' },
  { name: 'pools', path: '/pools' },
  { name: 'topology', path: '/topology', large: '/topology?from=rack-00001-sw1' },
  { name: 'history', path: '/history' },
  { name: 'version', path: '/history/150', large: '/history/20' },
  { name: 'deleted', path: '/history/deleted' },
  { name: 'admin', path: '/admin' },
  { name: 'users', path: '/admin?tab=users' },
  { name: 'drivers', path: '/admin?tab=drivers' },
  { name: 'setup', path: '/setup?step=rack' },
]

/** Goes to a page and waits until its content is there: a heading, and nothing that is awaited. */
export async function goTo(page: Page, place: Place, path = place.path): Promise<void> {
  await page.goto(path)
  await page.locator(place.content ?? 'main h1').first().waitFor({ timeout: 20_000 })
  await page.waitForFunction(() => !document.querySelector('main [role=progressbar], main [aria-busy=true], main [role=status][data-waiting]'))
}
