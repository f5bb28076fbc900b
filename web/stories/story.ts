import { test, type Page } from '@playwright/test'
import { makeWorld, Server } from './server'
import { Watch } from './watch'

export { expect } from '@playwright/test'
export type { Page } from '@playwright/test'
export type { Server, Trap } from './server'

interface Fixtures {
  /** A running server with the world of the demonstration, for this story alone. page.goto('/…') goes there. */
  server: Server
  /** Added to the clusto.conf of the server: story.use({ config: '[http]\n…' }). */
  config: string
  /** What pages must not do; what it finds fails the story. */
  watch: Watch
  /** Opens a page as somebody else has it: with no cookies or settings of this one. */
  another: () => Promise<Page>
}

interface WorkerFixtures {
  /** The database that all stories begin with. */
  world: string
}

/**
 * A story: what somebody does on the pages, and sees. It fails by itself if a page has an error, writes
 * one to the console, breaks the content security policy, asks another host or makes the server fail.
 */
export const story = test.extend<Fixtures, WorkerFixtures>({
  world: [
    // oxlint-disable-next-line no-empty-pattern -- the runner reads from the pattern what a fixture needs
    async ({}, use, info) => {
      const databases = process.env.CLUSTO_STORY_DATABASES
      await use(databases ? '' : await makeWorld(`${info.project.outputDir}/world-${process.pid}`))
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  config: ['[http]\nrate_address = off', { option: true }],

  server: async ({ world, config }, use, info) => {
    const server = await Server.start(world, info.outputPath('server'), config)
    await use(server)
    const log = await server.stop()
    if (info.status !== info.expectedStatus) await info.attach('log of the server', { body: log, contentType: 'text/plain' })
  },

  baseURL: async ({ server }, use) => use(server.url),

  watch: async ({ server }, use) => {
    const watch = new Watch(server.url)
    await use(watch)
    test.expect(watch.complaints).toEqual([])
  },

  context: async ({ context, watch }, use) => {
    await watch.context(context)
    await use(context)
  },

  another: async ({ browser, contextOptions, server, watch }, use) => {
    const contexts: Awaited<ReturnType<typeof browser.newContext>>[] = []
    await use(async () => {
      const context = await browser.newContext({ ...contextOptions, baseURL: server.url })
      contexts.push(context)
      await watch.context(context)
      return context.newPage()
    })
    for (const context of contexts) await context.close()
  },
})
