import { useAt } from '@/time/at'
import type { Schemas } from './client'
import { useSession } from './session'

/** Returns whether somebody may look, and change nothing: of their permissions none is for more than seeing. */
export function looksOnly(session: Pick<Schemas['Session'], 'accounts' | 'grants'> | undefined): boolean {
  return session?.accounts === true && session.grants.every(grant => /^(read|secret)\b/.test(grant))
}

/** Returns whether who is signed in may look, and change nothing. */
export function useLooksOnly(): boolean {
  return looksOnly(useSession().data)
}

/** Returns whether things can be changed: not while the past is shown, and not by who may only look. What exactly somebody may, the server says. */
export function useMayChange(): boolean {
  const past = useAt() !== undefined
  return !useLooksOnly() && !past
}
