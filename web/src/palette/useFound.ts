import { useEffect, useState } from 'react'
import { useRead } from '@/api/read'
import type { Schemas } from '@/api/client'
import { readWords, type Reading } from './words'

export type Hit = Schemas['Hit']

/** How long it is waited for the next letter before the server is asked, in ms. */
const pause = 90

/** Returns a value once it has not changed for a while. */
function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}

/** What was found for a text. */
export interface Found {
  reading: Reading
  hits: readonly Hit[]
  /** The last letters are not answered yet. */
  waiting: boolean
  error: unknown
}

/**
 * Looks for what somebody types, as of the version that is shown. Each text has its own answer, so that a
 * late one is never taken for that of the text that stands there now.
 */
export function useFound(text: string, open: boolean): Found {
  const reading = readWords(text)
  const term = useSettled(reading.term, pause)
  const search = useRead('/search', { query: { q: term, limit: 12 } }, { enabled: open && term !== '', keep: true })
  const hits = reading.term === '' ? [] : (search.data?.hits ?? [])
  return { reading, hits, waiting: reading.term !== '' && (term !== reading.term || search.isFetching), error: search.error }
}
