import { expect, story } from './story'

story('the start page says what there is', async ({ page, server }) => {
  const { types } = await server.api('GET', '/types')
  const servers = types.find((type: { name: string }) => type.name === 'server').entities as number
  await page.goto('/')
  await expect(page.getByRole('main').getByText(new RegExp(`${servers.toLocaleString('en')}\\s+server`)).first()).toBeVisible()
})

story('a change is heard of without reloading', async ({ page, server }) => {
  await page.goto('/')
  await expect(page.getByRole('main').getByText('live', { exact: true })).toBeVisible()
  const before = (await server.api('GET', '/entities?query=type%20%3D%20server&limit=1000')).entities.length as number
  await server.trap({ port: 9, mac: '00:00:5e:00:53:77' })
  await expect(page.getByRole('main').getByText(new RegExp(`${(before + 1).toLocaleString('en')}\\s+server`)).first()).toBeVisible()
})
