// Takes pictures of pages: node stories/look.mjs URL OUT.png [WIDTH [HEIGHT [light|dark]]]
import { chromium } from 'playwright-core'

const [url, out, width = '1280', height = '800', theme = 'light'] = process.argv.slice(2)
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})
const page = await browser.newPage({ viewport: { width: Number(width), height: Number(height) }, colorScheme: theme })
page.on('console', message => message.type() !== 'debug' && console.log(message.type(), message.text()))
page.on('pageerror', error => console.log('error', error.message))
await page.goto(url)
await page.waitForTimeout(1200)
await page.screenshot({ path: out })
await browser.close()
