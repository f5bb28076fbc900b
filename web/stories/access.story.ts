import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { goTo, places } from './pages'
import { expect, story } from './story'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  id: string
  impact: string
  help: string
  nodes: { target: string[] }[]
}

for (const theme of ['light', 'dark'] as const) {
  story(`axe finds nothing serious on any page, ${theme}`, async ({ page, server }) => {
    story.setTimeout(180_000)
    expect(server.url).not.toBe('')
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    const found: string[] = []
    for (const place of places) {
      await goTo(page, place)
      await page.evaluate(axe)
      const violations = await page.evaluate(async () => {
        const run = (globalThis as unknown as { axe: { run: (where: Document) => Promise<{ violations: Violation[] }> } }).axe.run
        return (await run(document)).violations
      })
      for (const v of violations.filter(v => v.impact === 'serious' || v.impact === 'critical')) {
        found.push(`${place.path}: ${v.help} (${v.id}): ${v.nodes.slice(0, 3).map(node => node.target.join(' ')).join(', ')}`)
      }
    }
    expect(found).toEqual([])
  })
}
