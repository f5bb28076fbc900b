import { writeFile } from 'node:fs/promises'
import { expect, test, type Page } from '@playwright/test'
import { goTo, places } from './pages'

/** The server that is measured, with a fleet of bench/fleet, and where what is found is written as JSON. */
const { CLUSTO_MEASURE_URL: url, CLUSTO_MEASURE_OUT: out } = process.env

/** How often each page is opened, as by somebody who was never there. */
const times = 3

/** How long a page is scrolled, in ms. */
const scrolled = 2_000

interface Measured {
  name: string
  path: string
  /** Until its content is there, in the middle of all times, in ms. */
  content_ms: number
  /** Frames a second while it scrolls, and the longest time between two in ms; 0 if there is nothing to scroll. */
  fps: number
  longest_ms: number
  /** What came over the wire for it. */
  bytes: number
}

/** Scrolls what has most to scroll, a bit in each frame, and counts the frames. */
async function scroll(page: Page): Promise<{ fps: number; longest_ms: number }> {
  return page.evaluate(async duration => {
    const room = (e: Element) => (/auto|scroll/.test(getComputedStyle(e).overflowY) || e === document.scrollingElement ? e.scrollHeight - e.clientHeight : 0)
    const all = [document.scrollingElement!, ...document.querySelectorAll('main, main *')]
    const most = all.reduce((a, b) => (room(b) > room(a) ? b : a))
    if (room(most) < 200) return { fps: 0, longest_ms: 0 }
    const frame = () => new Promise<number>(resolve => requestAnimationFrame(resolve))
    const began = await frame()
    let [now, frames, longest, step] = [began, 0, 0, 60]
    while (now - began < duration) {
      most.scrollTop += step
      if (most.scrollTop <= 0 || most.scrollTop >= room(most)) step = -step
      const next = await frame()
      longest = Math.max(longest, next - now)
      now = next
      frames++
    }
    return { fps: (frames * 1000) / (now - began), longest_ms: longest }
  }, scrolled)
}

test('how fast the pages are', async ({ browser }) => {
  test.skip(!url || !out, 'CLUSTO_MEASURE_URL and CLUSTO_MEASURE_OUT are not set')
  test.setTimeout(900_000)
  const measured: Measured[] = []
  for (const place of places) {
    const path = place.large ?? place.path
    const took: number[] = []
    let found = { fps: 0, longest_ms: 0 }
    let bytes = 0
    for (let i = 0; i < times; i++) {
      const context = await browser.newContext({ baseURL: url })
      const page = await context.newPage()
      const wire = await context.newCDPSession(page)
      await wire.send('Network.enable')
      bytes = 0
      wire.on('Network.loadingFinished', event => (bytes += event.encodedDataLength))
      const began = performance.now()
      await goTo(page, place, path)
      took.push(performance.now() - began)
      if (i === times - 1) found = await scroll(page)
      await context.close()
    }
    took.sort((a, b) => a - b)
    measured.push({ name: place.name, path, content_ms: took[Math.floor(times / 2)]!, ...found, bytes })
  }
  await writeFile(out!, JSON.stringify(measured))
  expect(measured.length).toBe(places.length)
})
