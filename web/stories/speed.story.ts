import { writeFile } from 'node:fs/promises'
import { expect, test, type Page } from '@playwright/test'
import { places } from './pages'

/** The server that is measured, with a fleet of bench/fleet, and where what is found is written as JSON. */
const { CLUSTO_MEASURE_URL: url, CLUSTO_MEASURE_OUT: out } = process.env

/** How often each page is opened, as by somebody who was never there. */
const times = 5

/** How long a page is scrolled or moved about, in ms. */
const moved = 2_000

interface Measured {
  name: string
  path: string
  /** From going to it until its content is there, in the middle of all times, in ms. */
  content_ms: number
  /** The same for a document with nothing but a line, opened in turns with it: what the machine and the browser cost. */
  bare_ms: number
  /** Frames a second while it scrolls or is moved about, and the longest time between two in ms; 0 if there is nothing to scroll. */
  fps: number
  longest_ms: number
  /** Frames a second of the empty document. */
  bare_fps: number
  /** What came over the wire for it. */
  bytes: number
}

/** Has the page note, frame by frame, since when its content is there: a heading, and for half a second nothing that is awaited. */
async function watchContent(page: Page, content: string): Promise<void> {
  await page.addInitScript(wanted => {
    const awaited = 'main [role=progressbar], main [aria-busy=true], main [role=status][data-waiting]'
    const calm = 500
    Object.assign(globalThis, {
      contentThere: new Promise<number>(resolve => {
        let since: number | undefined
        const look = (now: number) => {
          if (!document.querySelector(wanted) || document.querySelector(awaited)) since = undefined
          else since ??= performance.now()
          if (since !== undefined && now - since > calm) resolve(since)
          else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
      }),
    })
  }, content)
}

/** Returns when the content of a page came, in ms since it was gone to. */
async function open(page: Page, path: string, content: string): Promise<number> {
  await watchContent(page, content)
  await page.goto(path, { waitUntil: 'commit' })
  return page.evaluate(() => (globalThis as unknown as { contentThere: Promise<number> }).contentThere)
}

/** Scrolls what has most to scroll a bit in each frame, or pans a graph, and counts the frames; still, it only counts. */
async function move(page: Page, still = false): Promise<{ fps: number; longest_ms: number }> {
  return page.evaluate(async ({ duration, still }) => {
    const room = (e: Element) => (/auto|scroll/.test(getComputedStyle(e).overflowY) || e === document.scrollingElement ? e.scrollHeight - e.clientHeight : 0)
    const canvas = document.querySelector('main canvas')
    const most = [document.scrollingElement!, ...document.querySelectorAll('main, main *')].reduce((a, b) => (room(b) > room(a) ? b : a))
    if (!still && !canvas && room(most) < 200) return { fps: 0, longest_ms: 0 }
    let step = 60
    const act = (frames: number) => {
      if (still) return
      if (canvas) {
        canvas.dispatchEvent(new KeyboardEvent('keydown', { key: frames % 40 < 20 ? 'ArrowLeft' : 'ArrowRight', bubbles: true }))
        return
      }
      most.scrollTop += step
      if (most.scrollTop <= 0 || most.scrollTop >= room(most) - 1) step = -step
    }
    const frame = () => new Promise<number>(resolve => requestAnimationFrame(resolve))
    const began = await frame()
    let [now, frames, longest] = [began, 0, 0]
    while (now - began < duration) {
      act(frames)
      const next = await frame()
      longest = Math.max(longest, next - now)
      now = next
      frames++
    }
    return { fps: (frames * 1000) / (now - began), longest_ms: longest }
  }, { duration: moved, still })
}

function middle(all: number[]): number {
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]!
}

test('how fast the pages are', async ({ browser }) => {
  test.skip(!url || !out, 'CLUSTO_MEASURE_URL and CLUSTO_MEASURE_OUT are not set')
  test.setTimeout(1_800_000)
  const measured: Measured[] = []
  for (const place of places) {
    const path = place.large ?? place.path
    const took: number[] = [], bare: number[] = []
    let found = { fps: 0, longest_ms: 0 }
    let bareFps = 0
    let bytes = 0
    for (let i = 0; i < times; i++) {
      const context = await browser.newContext({ baseURL: url!, viewport: { width: 1440, height: 900 } })
      const page = await context.newPage()
      bare.push(await open(page, '/healthz', 'body'))
      if (i === times - 1) bareFps = (await move(page, true)).fps
      await page.close()
      const second = await context.newPage()
      const wire = await context.newCDPSession(second)
      await wire.send('Network.enable')
      bytes = 0
      wire.on('Network.loadingFinished', event => (bytes += event.encodedDataLength))
      took.push(await open(second, path, place.content ?? 'main h1'))
      if (i === times - 1) found = await move(second)
      await context.close()
    }
    measured.push({ name: place.name, path, content_ms: middle(took), bare_ms: middle(bare), ...found, bare_fps: bareFps, bytes })
  }
  await writeFile(out!, JSON.stringify(measured))
  expect(measured.length).toBe(places.length)
})
