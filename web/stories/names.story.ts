import { hostileNames } from './names'
import { goTo, places } from './pages'
import { expect, story, type Page } from './story'

/** The page is no wider than its window: nothing that is in it is out of reach on a phone. */
async function expectNoOverflow(page: Page, where: string) {
  const wider = await page.evaluate(() => Math.max(...[document.documentElement, document.querySelector('main')!].map(e => e.scrollWidth - e.clientWidth)))
  expect.soft(wider, `${where} is wider than its window`).toBeLessThanOrEqual(0)
}

// What the database keeps of such names, the tests of the stores say.
story.skip(Boolean(process.env.CLUSTO_STORY_DATABASES), 'played on SQLite')

story('hostile names harm no page', async ({ page, server }) => {
  story.setTimeout(180_000)
  await server.api('POST', '/entities', {
    description: hostileNames[0],
    entities: [
      ...hostileNames.map((name, i) => ({
        name,
        driver: 'basicserver',
        attrs: [{ key: 'owner', value: name }, { key: 'note', subkey: 'x', value: '<b onclick=alert(1)>' }],
        in: [{ container: 'sv3-002', rack_units: [1 + i] }, { container: 'production' }],
      })),
      { name: '<u>pool', driver: 'pool' },
    ],
  })
  await page.setViewportSize({ width: 390, height: 844 })
  for (const name of hostileNames) {
    await page.goto(`/things/${encodeURIComponent(name)}`)
    await expect(page.getByRole('heading', { level: 1 })).toContainText(name.replaceAll(/[\u202d\u202e]/g, '').slice(0, 5).trim())
    await expectNoOverflow(page, name)
  }
  for (const place of places) {
    await goTo(page, place)
    await expectNoOverflow(page, place.path)
  }
  await goTo(page, { name: 'rack', path: '/things/sv3-002' })
  await expectNoOverflow(page, 'the rack')
  await goTo(page, { name: 'pool', path: '/things/production' })
  await expectNoOverflow(page, 'the pool')
})
