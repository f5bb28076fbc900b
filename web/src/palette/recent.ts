/** A thing that was looked at. */
export interface Recent {
  name: string
  type?: string
}

const key = 'clusto.recent'
const kept = 8

/** Returns the things that were looked at in this browser, the last one first. */
export function recentThings(): Recent[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isRecent).slice(0, kept) : []
  } catch {
    return []
  }
}

function isRecent(value: unknown): value is Recent {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'
}

/** Remembers that a thing was looked at; without a type it keeps the one that was known. */
export function rememberThing(thing: Recent): void {
  const before = recentThings()
  const type = thing.type ?? before.find(other => other.name === thing.name)?.type
  const all = [{ name: thing.name, ...(type ? { type } : {}) }, ...before.filter(other => other.name !== thing.name)]
  localStorage.setItem(key, JSON.stringify(all.slice(0, kept)))
}

/** Forgets what was looked at, as for another who signs in here. */
export function forgetThings(): void {
  localStorage.removeItem(key)
}
