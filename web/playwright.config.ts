import { defineConfig } from '@playwright/test'

// Stories play in Debian's Chromium; its arguments are those of a machine that need not have a
// display, a sandbox or a way out.
export default defineConfig({
  testDir: 'stories',
  testMatch: '*.story.ts',
  outputDir: process.env.CLUSTO_STORY_OUTPUT ?? 'test-results',
  reporter: 'list',
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    browserName: 'chromium',
    locale: 'en-GB',
    timezoneId: 'UTC',
    colorScheme: 'light',
    viewport: { width: 1440, height: 900 },
    trace: 'off', // recording one takes as long as the story
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CLUSTO_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
