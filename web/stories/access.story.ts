import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { goTo, places } from './pages'
import { expect, story, type Page } from './story'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  id: string
  impact: string
  help: string
  nodes: { target: string[] }[]
}

interface Axe {
  run: (where: Document, how: object) => Promise<{ violations: Violation[] }>
}

/** Returns what axe finds on a page that is serious, with all its rules or some of them. */
async function violations(page: Page, where: string, rules?: string[]): Promise<string[]> {
  const found = await page.evaluate(async only => {
    const { axe } = globalThis as unknown as { axe: Axe }
    return (await axe.run(document, { resultTypes: ['violations'], ...(only ? { runOnly: only } : {}) })).violations
  }, rules)
  return found
    .filter(v => v.impact === 'serious' || v.impact === 'critical')
    .map(v => `${where}: ${v.help} (${v.id}): ${v.nodes.slice(0, 3).map(node => node.target.join(' ')).join(', ')}`)
}

/** Returns what axe finds on a page in the light, and of its colours in the dark. */
async function look(page: Page, where: string): Promise<string[]> {
  await page.evaluate(axe)
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await violations(page, where)
  await page.emulateMedia({ colorScheme: 'dark' })
  return [...light, ...(await violations(page, `${where} in the dark`, ['color-contrast']))]
}

// Pages are made of the same elements with every database.
story.use({ contextOptions: { reducedMotion: 'reduce' } })
story.skip(Boolean(process.env.CLUSTO_STORY_DATABASES), 'played on SQLite')

// In two stories, which are played at once.
for (const part of [0, 1]) {
  story(`axe finds nothing serious on any page, in light and dark: ${part + 1} of 2`, async ({ page, server }) => {
    story.setTimeout(180_000)
    expect(server.url).not.toBe('')
    const found: string[] = []
    for (const place of places.filter((_, i) => i % 2 === part)) {
      await goTo(page, place)
      found.push(...(await look(page, place.path)))
    }
    expect(found).toEqual([])
  })
}

story.describe('with accounts', () => {
  story.use({ config: '[http]\nrate_address = off\naccounts = on' })

  story('axe finds nothing serious where somebody signs in', async ({ page, server }) => {
    expect(server.url).not.toBe('')
    await page.goto('/sign-in')
    await expect(page.getByRole('textbox', { name: 'Password' })).toBeVisible()
    expect(await look(page, '/sign-in')).toEqual([])
  })
})
