import type { BrowserContext, Page } from '@playwright/test'

/** What a page must not do, as it is found out. */
export class Watch {
  readonly complaints: string[] = []
  private readonly origin: string

  constructor(url: string) {
    this.origin = new URL(url).origin
  }

  /** Watches all pages of a context. */
  async context(context: BrowserContext): Promise<void> {
    await context.exposeBinding('complain', (_, text: string) => this.complaints.push(text))
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', event => {
        void (globalThis as unknown as { complain: (text: string) => void }).complain(
          `the content security policy forbids ${event.violatedDirective} of ${event.blockedURI} (${event.sourceFile}:${event.lineNumber})`,
        )
      })
    })
    context.on('request', request => {
      const url = new URL(request.url())
      if (/^(http|ws)s?:$/.test(url.protocol) && url.origin !== this.origin) this.complaints.push(`a request to another host: ${url}`)
    })
    context.on('response', response => {
      if (response.status() >= 500) this.complaints.push(`${response.request().method()} ${response.url()} was answered ${response.status()}`)
    })
    context.on('page', page => this.page(page))
    for (const page of context.pages()) this.page(page)
  }

  private page(page: Page): void {
    page.on('pageerror', error => this.complaints.push(`an error of the page: ${error.stack ?? error.message}`))
    page.on('dialog', dialog => {
      this.complaints.push(`the browser asks: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('console', message => {
      // That the server refuses something is said in the console too, and is often what the story is about.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) this.complaints.push(`on the console: ${message.text()}`)
    })
  }
}
