import { expect, story, type Server } from './story'

/** Makes two pools with servers, of which some are in both. */
async function pools(server: Server) {
  const names = Array.from({ length: 10 }, (_, i) => `node${i}`)
  await server.api('POST', '/transactions', {
    operations: [
      ...['left', 'right', 'third', 'fourth'].map(name => ({ create: { name, driver: 'pool' } })),
      ...names.map(name => ({ create: { name, driver: 'basicserver' } })),
      ...names.slice(0, 6).map(entity => ({ insert: { entity, container: 'left' } })),
      ...names.slice(4, 9).map(entity => ({ insert: { entity, container: 'right' } })),
    ],
  })
}

story('see what pools have in common', async ({ page, server }) => {
  await pools(server)
  await page.goto('/pools')
  await page.getByRole('checkbox', { name: 'Choose left' }).check()
  await page.getByRole('checkbox', { name: 'Choose right' }).check()
  await page.getByRole('button', { name: '2 in both' }).click()
  const things = page.getByRole('table', { name: 'Things in this part' })
  await expect(things.getByRole('row')).toHaveCount(3)
  await expect(things.getByRole('link', { name: 'node4' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'pool = "left" and pool = "right"' })).toBeVisible()
  await page.getByRole('checkbox', { name: 'Choose third' }).check()
  await page.getByRole('checkbox', { name: 'Choose fourth' }).check()
  await page.getByRole('button', { name: '4 things only in left', exact: true }).click()
  await expect(things.getByRole('link', { name: 'node0' })).toBeVisible()
})

async function inside(server: Server, pool: string): Promise<string[]> {
  const { entities } = await server.api<{ entities: { name: string }[] }>('GET', `/entities/${pool}/contents`)
  return entities.map(one => one.name).sort()
}

async function newest(server: Server): Promise<number> {
  return (await server.api('GET', '/versions?limit=1')).versions[0].version as number
}

story('put things into a pool by their names and by a query', { tag: '@database' }, async ({ page, server }) => {
  await pools(server)
  const before = await newest(server)

  await page.goto('/pools/third?add=list')
  await page.getByRole('textbox', { name: /Names, one a line/ }).fill('node0, node1\nnode1\nnode2 node3\nnod4')
  await page.getByRole('button', { name: 'Preview' }).click()
  await expect(page.getByText(/did you mean node4/)).toBeVisible()
  await page.getByRole('button', { name: 'Put in the 4 others' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Put in' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  expect(await inside(server, 'third')).toEqual(['node0', 'node1', 'node2', 'node3'])

  await page.getByRole('tab', { name: 'By a query' }).click()
  await page.getByRole('textbox', { name: 'All that this query finds' }).fill('pool = left')
  await page.getByRole('button', { name: 'Preview' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Put in' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  expect(await inside(server, 'third')).toEqual(['node0', 'node1', 'node2', 'node3', 'node4', 'node5'])
  expect((await newest(server)) - before, 'each is one version').toBe(2)
})

story('drag a thing into a pool, and take others out', async ({ page, server }) => {
  await pools(server)
  const before = await newest(server)
  await page.goto('/pools/left?add=pick')
  await page.getByRole('textbox', { name: 'Names that begin with' }).fill('node9')
  const item = page.getByRole('grid', { name: 'Things to put in' }).getByRole('row')
  await expect(item).toHaveCount(1)
  await item.dragTo(page.getByRole('table', { name: 'What is in it' }))
  await page.getByRole('dialog').getByRole('button', { name: 'Put in' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  expect(await inside(server, 'left')).toContain('node9')

  await page.getByRole('checkbox', { name: 'Choose node0', exact: true }).check()
  await page.getByRole('checkbox', { name: 'Choose node1', exact: true }).check()
  await page.getByRole('button', { name: 'Take out 2' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Take out' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  expect(await inside(server, 'left')).not.toContain('node0')
  expect((await newest(server)) - before, 'each is one version').toBe(2)
})
