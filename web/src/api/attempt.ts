import { useState } from 'react'

/**
 * Gives requests that change something the key by which the server knows them again. What is sent once more, since its
 * answer was lost, has the key of the first time and is done once; what is different, or was answered, has a new one.
 */
export class Attempts {
  private last: { request: string; key: string } | undefined

  constructor(private readonly newKey: () => string = () => crypto.randomUUID()) {}

  /** Returns the key of a request: that of the attempt before, if it was the same request and failed. */
  keyOf(request: unknown): string {
    const text = JSON.stringify(request)
    if (this.last?.request !== text) this.last = { request: text, key: this.newKey() }
    return this.last.key
  }

  /** Notes that the last request was answered: the same may be wanted a second time. */
  done(): void {
    this.last = undefined
  }
}

/** Returns the attempts of one dialog. */
export function useAttempts(): Attempts {
  return useState(() => new Attempts())[0]
}
