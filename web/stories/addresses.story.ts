import { expect, story, type Server } from './story'

/** Makes a network with some servers, of which the first has an address. */
async function network(server: Server) {
  await server.api('POST', '/transactions', {
    description: 'a network',
    operations: [
      { create: { name: 'campus', driver: 'ipmanager', properties: { baseip: '10.7.0.0', netmask: '16' } } },
      { create: { name: 'hall', driver: 'ipmanager', properties: { baseip: '10.7.4.0', netmask: '24', gateway: '10.7.4.1' } } },
      ...['desk1', 'desk2', '<b>desk'].map(name => ({ create: { name, driver: 'basicserver' } })),
      { bind: { entity: 'desk1', address: '10.7.4.9', manager: 'hall' } },
      { reserve: { manager: 'hall', first: '10.7.4.200', last: '10.7.4.210', reason: 'printers' } },
    ],
  })
}

story('allocate an address, release it, and see who had it', { tag: '@database' }, async ({ page, server }) => {
  await network(server)
  await page.goto('/addresses')
  await page.getByRole('row', { name: /10\.7\.4\.0\/24 hall/ }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'hall' })).toBeVisible()

  const map = page.getByRole('application', { name: /Map of 10\.7\.4\.0\/24/ })
  await map.focus()
  await page.keyboard.press('Home')
  for (let i = 0; i < 9; i++) await page.keyboard.press('ArrowRight')
  await expect(page.getByText(/desk1 since/)).toBeVisible()
  await page.keyboard.press('Enter')
  const panel = page.getByRole('region', { name: 'Address 10.7.4.9' })
  await panel.getByRole('button', { name: 'Release' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click()
  await expect(panel.getByText('free', { exact: true })).toBeVisible()

  await panel.getByRole('button', { name: 'Allocate' }).click()
  await page.getByRole('combobox', { name: 'To whom' }).fill('desk2')
  await page.getByRole('option', { name: /desk2/ }).click()
  await page.getByRole('textbox', { name: 'Port (optional)' }).fill('eth0')
  await page.getByRole('button', { name: 'Preview' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Allocate' }).click()
  const holders = panel.getByRole('list', { name: 'Who has and who had it' }).getByRole('listitem')
  await expect(holders).toHaveCount(2)
  await expect(holders.nth(0)).toContainText('desk2')
  await expect(holders.nth(1)).toContainText('desk1')
  const held = await server.api('GET', '/entities/desk2/addresses')
  expect(held.addresses[0]).toMatchObject({ address: '10.7.4.9', os_port: 'eth0', manager: 'hall' })
})

story('make a network of a free part', async ({ page, server }) => {
  await network(server)
  await page.goto('/addresses?q=10.7')
  await page.getByRole('row', { name: '10.7.8.0/21 free' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('lab')
  await expect(page.getByText('It is inside 10.7.0.0/16, campus')).toBeVisible()
  await page.getByRole('textbox', { name: 'Network' }).fill('10.7.4.0/24')
  await expect(page.getByText('hall has this network already.')).toBeHidden()
  await page.getByRole('button', { name: 'Preview' }).click()
  await expect(page.getByText('hall has this network already.')).toBeVisible()
  await page.getByRole('textbox', { name: 'Network' }).fill('10.7.8.0/24')
  await page.getByRole('button', { name: 'Preview' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Make' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'lab' })).toBeVisible()
  expect((await server.api('GET', '/managers/lab')).network.prefix).toBe('10.7.8.0/24')
})

story('the past of a network can be looked at, and not changed', async ({ page, server }) => {
  await network(server)
  await server.api('POST', '/transactions', { operations: [{ release: { entity: 'desk1', address: '10.7.4.9' } }] })
  await page.goto('/addresses/hall?address=10.7.4.9&at=live~1')
  const panel = page.getByRole('region', { name: 'Address 10.7.4.9' })
  await expect(panel.getByRole('link', { name: 'desk1' })).toBeVisible()
  await expect(panel.getByText('used', { exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Release' })).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Allocate' })).toHaveCount(0)
})
