import { useSyncExternalStore } from 'react'
import { isProblem } from './problem'

// Whether the server stopped to know who is asking, in the middle of work.
let signedOut = false
const listeners = new Set<() => void>()

function set(value: boolean): void {
  signedOut = value
  for (const listener of listeners) listener()
}

/** Notes an answer that says that nobody is signed in any more. */
export function noteProblem(error: unknown): void {
  if (isProblem(error, 'not-signed-in')) set(true)
}

/** Notes that somebody has signed in, or does not want to before they are refused again. */
export function noteSignedIn(): void {
  set(false)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Returns whether somebody has to sign in again to go on. */
export function useSignedOut(): boolean {
  return useSyncExternalStore(subscribe, () => signedOut)
}
