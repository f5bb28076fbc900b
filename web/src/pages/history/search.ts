type Raw = Record<string, unknown>

/** Returns those of the fields of an address that are texts, or numbers, which addresses do not tell apart. */
function texts<K extends string>(raw: Raw, ...names: K[]): Partial<Record<K, string>> {
  const found: Partial<Record<K, string>> = {}
  for (const name of names) {
    const value = raw[name]
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') found[name] = String(value)
  }
  return found
}

/** What the log shows: versions by a person, about a thing, with a text in the reason, made in a time. */
export interface LogSearch {
  user?: string
  about?: string
  grep?: string
  since?: string
  until?: string
}

export function logSearch(raw: Raw): LogSearch {
  return texts(raw, 'user', 'about', 'grep', 'since', 'until')
}

/** Which things of a difference are shown. */
export interface ReadingSearch {
  change?: 'made' | 'deleted' | 'changed'
  type?: string
  text?: string
}

export function readingSearch(raw: Raw): ReadingSearch {
  const { change, ...rest } = texts(raw, 'change', 'type', 'text')
  return change === 'made' || change === 'deleted' || change === 'changed' ? { ...rest, change } : rest
}

/** What is compared: two versions or times, of one thing, of what is in a container, or of all. */
export interface CompareSearch extends ReadingSearch {
  from?: string
  to?: string
  about?: string
  within?: string
}

export function compareSearch(raw: Raw): CompareSearch {
  return { ...readingSearch(raw), ...texts(raw, 'from', 'to', 'about', 'within') }
}
