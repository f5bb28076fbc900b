/**
 * Returns what reads the address of a page, and leaves out of it what read does not know: the router by itself keeps
 * what stands there, whatever it is. The version is read by the root of all pages.
 */
export function known<T extends object>(read: (raw: Record<string, unknown>) => T): (raw: Record<string, unknown>) => T {
  return raw => {
    const without = Object.keys(raw).filter(name => name !== 'at').map(name => [name, undefined])
    return { ...Object.fromEntries(without), ...read(raw) } as T
  }
}

/** What the address of every page may say. */
export interface RootSearch {
  /** The version or time that is shown; without it now. */
  at?: string
}

/** Reads the version from the address of a page. One that is none is now; without one nothing is said, so that links keep that of their page. */
export function rootSearch(raw: Record<string, unknown>): RootSearch {
  if (!('at' in raw)) return {}
  const { at } = raw
  return { at: (typeof at === 'string' && at.trim() !== '') || typeof at === 'number' ? String(at) : undefined } as RootSearch
}
