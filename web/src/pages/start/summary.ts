import type { Schemas } from '@/api/client'
import { count } from '@/ui'

export type LogEntry = Schemas['LogEntry']

/** A part of what a version did: a verb, and the things it is about, of which the first are named. */
export interface Deed {
  verb: string
  things: readonly string[]
  more: number
  /** They are no more, so their names lead nowhere. */
  gone?: boolean
}

/** Returns what a version did, in few words. */
export function deedsOf(entry: LogEntry, named = 3): Deed[] {
  const deed = (verb: string, things: readonly string[] | undefined, gone = false, all = things?.length ?? 0): Deed[] =>
    things && things.length > 0 ? [{ verb, things: things.slice(0, named), more: Math.max(0, all - named), ...(gone ? { gone } : {}) }] : []
  return [
    ...deed('made', entry.made, false, entry.made_count ?? entry.made?.length),
    ...deed('deleted', entry.deleted, true),
    ...deed('renamed', entry.renamed?.map(({ to }) => to)),
    ...deed('changed', entry.changed),
  ]
}

/** Returns how many attributes a version added, removed and changed. */
export function attrsOf(entry: LogEntry): string {
  const n = (entry.attrs_added ?? 0) + (entry.attrs_removed ?? 0) + (entry.attrs_changed ?? 0)
  return n === 0 ? '' : count(n, 'attribute')
}

/** Returns the newest of versions that were listed and of those heard of since, each once. */
export function newest(heard: readonly LogEntry[], listed: readonly LogEntry[], limit: number): LogEntry[] {
  const byVersion = new Map([...listed, ...heard].map(entry => [entry.version, entry]))
  return [...byVersion.values()].toSorted((a, b) => b.version - a.version).slice(0, limit)
}
