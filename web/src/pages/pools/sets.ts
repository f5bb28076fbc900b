import type { Schemas } from '@/api/client'

export type Overlaps = Schemas['Overlaps']
export type Part = Schemas['OverlapPart']

/** Returns a text as the query language has it. */
export function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`
}

/** Returns the query that finds what is in all of some pools, and in none of others. */
export function partQuery(pools: readonly string[], part: readonly string[]): string {
  return pools.map(pool => `${part.includes(pool) ? '' : 'not '}pool = ${quoted(pool)}`).sort((a, b) => Number(a.startsWith('not')) - Number(b.startsWith('not'))).join(' and ')
}

/** Returns the names in a text, as they were pasted: one a line, or with commas, each once. */
export function pasted(text: string): string[] {
  return [...new Set(text.split(/[\n\r,;]+/).map(name => name.trim()).filter(name => name !== ''))]
}

/** Returns the names in texts that are no names as a whole: the words between blanks. */
export function words(texts: readonly string[]): string[] {
  return [...new Set(texts.filter(text => /\s/.test(text)).flatMap(text => text.split(/\s+/)))]
}

/** Says in words in which of some pools a part is. */
export function formatParts(part: readonly string[], of: number): string {
  if (part.length === of && of > 1) return of === 2 ? 'in both' : `in all ${of}`
  return part.length === 1 ? `only in ${part[0]}` : `only in ${part.slice(0, -1).join(', ')} and ${part.at(-1)}`
}
