import { expect, story, type Server } from './story'

/** Returns a name manager, networks or whatever else is of a type. */
async function namesOf(server: Server, type: string): Promise<string[]> {
  const { entities } = await server.api<{ entities: { name: string }[] }>('GET', `/entities?type=${type}&limit=1000`)
  return entities.map(entity => entity.name)
}

story('discover a server by a real trap and see it appear without reloading', { tag: '@database' }, async ({ page, server }) => {
  const before = await namesOf(server, 'server')
  await page.goto('/')
  const report = page.getByRole('region').or(page.locator('section')).filter({ has: page.getByRole('heading', { name: 'What switches report' }) })
  await expect(report.getByText('Nothing new since the daemon was started.')).toBeVisible()
  await server.trap({ port: 11, mac: '00:00:5e:00:53:91' })
  const discovered = page.getByRole('list', { name: 'Discovered' })
  await expect(discovered.getByText('00:00:5e:00:53:91')).toBeVisible()
  const [made] = (await namesOf(server, 'server')).filter(name => !before.includes(name))
  await expect(discovered.getByRole('link', { name: made! })).toBeVisible()
  const changes = page.locator('section').filter({ has: page.getByRole('heading', { name: /What is changing/ }) })
  await expect(changes.getByRole('link', { name: made! }).first()).toBeVisible()
  await discovered.getByRole('link', { name: made! }).click()
  await expect(page.getByRole('heading', { level: 1, name: made! })).toBeVisible()
})

story('what was dropped is told with its reason, and counted when it comes again', async ({ page, server }) => {
  await page.goto('/')
  const dropped = page.getByRole('list', { name: 'Dropped' })
  await server.trap({ from: '127.0.9.9', port: 3, mac: '00:00:5e:00:53:92' })
  await expect(dropped.getByText('unknown switch', { exact: true })).toBeVisible()
  await expect(dropped.getByText('nothing in the inventory has the address 127.0.9.9')).toBeVisible()
  await server.trap({ from: '127.0.9.9', port: 3, mac: '00:00:5e:00:53:92' })
  await expect(dropped.getByText('2 times')).toBeVisible()
})

story('fsck looks again', async ({ page, server }) => {
  await page.goto('/')
  const findings = page.locator('section').filter({ has: page.getByRole('heading', { name: 'What fsck finds' }) })
  await expect(findings.getByText(/looked/)).toBeVisible()
  const before = (await server.api('GET', '/fsck')).at as string
  await findings.getByRole('button', { name: 'Look again' }).click()
  await expect.poll(async () => (await server.api('GET', '/fsck')).at !== before).toBe(true)
  await expect(findings.getByRole('button', { name: 'Look again' })).toBeEnabled()
})

story('a datacenter and its network are set up step by step', async ({ page, server }) => {
  await page.goto('/setup?step=datacenter')
  await page.getByLabel('Name').fill('ams1')
  await page.getByRole('button', { name: 'Preview' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText('This would change 1 thing:')).toBeVisible()
  await dialog.getByRole('button', { name: 'Make it' }).click()

  await expect(page.getByRole('heading', { name: 'A network' })).toBeVisible()
  await page.getByLabel('Network', { exact: true }).fill('10.99.0.1/24')
  await expect(page.getByText('it begins at 10.99.0.0')).toBeVisible()
  await page.getByLabel('Network', { exact: true }).fill('10.99.0.0/24')
  await page.getByLabel('Name').fill('net-ams1')
  await page.getByRole('button', { name: 'Preview' }).click()
  await dialog.getByRole('button', { name: 'Make it' }).click()
  await expect(dialog).toBeHidden()

  const manager = await server.api('GET', '/managers/net-ams1')
  expect(manager.network).toMatchObject({ prefix: '10.99.0.0/24', gateway: '10.99.0.1' })
  expect(manager.usage.reserved).toBe(10)
  await page.goto('/setup?step=rack')
  await page.getByLabel('Name').fill('ams1-001')
  await page.getByRole('button', { name: 'Preview' }).click()
  await dialog.getByRole('button', { name: 'Make it' }).click()
  await expect(page.getByRole('heading', { name: 'Point a switch at us' })).toBeVisible()
  await expect(page.getByLabel('Configuration of the switch')).toContainText('mac address-table notification change')
  expect(await namesOf(server, 'networkswitch')).toContain('ams1-001-sw1')
})
