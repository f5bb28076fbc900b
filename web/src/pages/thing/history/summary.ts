import type { Schemas } from '@/api/client'
import { count } from '@/ui/format'

type LogEntry = Schemas['LogEntry']

/** Returns in short what a version did to a thing called name, and to how many others. */
export function summary(entry: LogEntry, name: string): string {
  const said: string[] = []
  if (entry.made?.includes(name)) said.push('made it')
  if (entry.deleted?.includes(name)) said.push('deleted it')
  for (const { from, to } of entry.renamed ?? []) {
    if (from === name || to === name) said.push(`renamed it from ${from} to ${to}`)
  }
  if (entry.changed?.includes(name)) said.push('changed it')
  const touched = new Set([...(entry.made ?? []), ...(entry.deleted ?? []), ...(entry.changed ?? [])])
  touched.delete(name)
  if (touched.size > 0) said.push(`${said.length > 0 ? 'and ' : ''}${count(touched.size, said.length > 0 ? 'other thing' : 'thing that refers to it', said.length > 0 ? 'other things' : 'things, and what they say about it')}`)
  return said.join(' ')
}

/** How a name came to belong to nothing. */
export type End =
  | { how: 'deleted'; entry: LogEntry }
  | { how: 'renamed'; entry: LogEntry; to: string }

/** Returns how the last thing with a name lost it, by versions about it, the newest first. */
export function endOf(versions: readonly LogEntry[], name: string): End | undefined {
  for (const entry of versions) {
    if (entry.deleted?.includes(name)) return { how: 'deleted', entry }
    const renamed = entry.renamed?.find(({ from }) => from === name)
    if (renamed) return { how: 'renamed', entry, to: renamed.to }
  }
  return undefined
}
