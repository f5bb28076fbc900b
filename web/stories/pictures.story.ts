import { goTo, places } from './pages'
import { story } from './story'

/** Where the pictures are put; without it none are taken. */
const directory = process.env.CLUSTO_PICTURES

/** Of how many pixels windows are: a phone, a tablet, a desk. */
const windows = [[390, 844], [820, 1180], [1440, 900]] as const

for (const theme of ['light', 'dark'] as const) {
  story(`pictures of all pages, ${theme}`, async ({ page, server }) => {
    story.skip(!directory, 'CLUSTO_PICTURES names no directory')
    story.setTimeout(600_000)
    await server.trap({ port: 9, mac: '00:00:5e:00:53:77' })
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    for (const [width, height] of windows) {
      await page.setViewportSize({ width, height })
      for (const place of places) {
        await goTo(page, place)
        await page.evaluate(() => document.fonts.ready)
        await page.screenshot({ path: `${directory}/${place.name}-${width}-${theme}.png`, animations: 'disabled' })
      }
    }
  })
}
