import { expect, story, type Server } from './story'

/** Makes a switch with two servers. */
async function makeNetwork(server: Server): Promise<number> {
  const create = (name: string, driver: string) => ({ create: { name, driver } })
  const connect = (name: string, port: number) => ({ connect: { from: { entity: name, type: 'nic-eth', port: '1' }, to: { entity: 'top-sw', type: 'nic-eth', port: String(port) } } })
  const made = await server.api('POST', '/transactions', {
    operations: [create('top-sw', 'basicnetworkswitch'), create('top-1', 'basicserver'), create('top-2', 'basicserver'), connect('top-1', 1), connect('top-2', 2)],
  })
  return made.version as number
}

story('neighbours are followed hop by hop, as a graph and as a list', async ({ page, server }) => {
  await makeNetwork(server)
  await page.goto('/topology?from=top-1&hops=1')
  await expect(page.getByText('2 things, 1 cable')).toBeVisible()
  await expect(page.getByRole('img', { name: 'A graph of 2 things and 1 cables' })).toBeVisible()
  await page.goto('/topology?from=top-1&hops=1&view=list')
  await page.getByRole('button', { name: 'Show what else top-sw is connected to' }).click()
  await expect(page.getByText('3 things, 2 cables')).toBeVisible()
  await expect(page.getByRole('row').filter({ hasText: 'top-2' })).toContainText('nic-eth 1 → top-sw nic-eth 2')
})

story('the topology says what was added and removed since', async ({ page, server }) => {
  const before = await makeNetwork(server)
  await server.api('DELETE', '/entities/top-2')
  await server.api('POST', '/transactions', {
    operations: [{ create: { name: 'top-3', driver: 'basicserver' } }, { connect: { from: { entity: 'top-3', type: 'nic-eth', port: '1' }, to: { entity: 'top-sw', type: 'nic-eth', port: '3' } } }],
  })
  await page.goto(`/topology?from=top-sw&compare=${before}&view=list`)
  await expect(page.getByRole('row').filter({ hasText: 'top-2' })).toContainText('removed')
  await expect(page.getByRole('row').filter({ hasText: 'top-3' })).toContainText('added')
  await expect(page.getByRole('list', { name: 'Legend' })).toContainText('added since')
})

story('what is selected is told beside the graph', async ({ page, server }) => {
  await makeNetwork(server)
  await page.goto('/topology?from=top-1&hops=2&select=top-sw')
  const side = page.getByRole('complementary', { name: 'About top-sw' })
  await expect(side).toContainText('2 cables')
  await side.getByRole('link', { name: 'Begin here' }).click()
  await expect(page).toHaveURL(/from=top-sw/)
})
