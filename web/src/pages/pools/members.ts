import { api } from '@/api/client'
import { isProblem } from '@/api/problem'
import { words } from './sets'

/** The most things that are put in at once, as many as a request may have operations. */
export const mostAtOnce = 100_000

/** Returns the names of what is directly in a container. */
export async function membersOf(pool: string): Promise<Set<string>> {
  const { data } = await api.GET('/entities/{name}/contents', { params: { path: { name: pool } } })
  return new Set(data!.entities.map(entity => entity.name))
}

/** Returns the names of all that a query finds. */
export async function found(query: string, signal?: AbortSignal): Promise<string[]> {
  const names: string[] = []
  let cursor: string | undefined
  do {
    const { data } = await api.GET('/entities', {
      params: { query: { query, fields: ['name'], limit: 10_000, ...(cursor ? { cursor } : {}) } }, ...(signal ? { signal } : {}),
    })
    names.push(...data!.entities.map(entity => entity.name))
    cursor = data!.next
  } while (cursor && names.length < mostAtOnce)
  return names
}

/** How many names are asked for in one request. */
const namesAtOnce = 100

/** Returns those of names that are called so. */
async function known(names: readonly string[]): Promise<Set<string>> {
  const there = new Set<string>()
  for (let i = 0; i < names.length; i += namesAtOnce) {
    const { data } = await api.GET('/entities', { params: { query: { name: names.slice(i, i + namesAtOnce), fields: ['name'], limit: 10_000 } } })
    for (const entity of data!.entities) there.add(entity.name)
  }
  return there
}

/** A name that nothing has, with what may be meant. */
export interface Unknown {
  name: string
  hint: string
}

/** How many unknown names are asked what may be meant by them. */
const mostHints = 20

/** Returns those of pasted names that there are, and the others. What is no name as a whole may be several, with blanks between. */
export async function lookUp(names: readonly string[]): Promise<{ there: string[]; unknown: Unknown[] }> {
  const whole = await known(names)
  const split = words(names.filter(name => !whole.has(name)))
  const parts = split.length > 0 ? await known(split) : new Set<string>()
  const there = [...new Set([...names.filter(name => whole.has(name)), ...split.filter(name => parts.has(name))])]
  const missing = [...new Set(names.filter(name => !whole.has(name)).flatMap(name => (/\s/.test(name) && name.split(/\s+/).some(word => parts.has(word)) ? name.split(/\s+/).filter(word => !parts.has(word)) : [name])))]
  const unknown = await Promise.all(missing.map(async (name, i) => ({ name, hint: i < mostHints ? await meant(name) : '' })))
  return { there, unknown }
}

async function meant(name: string): Promise<string> {
  try {
    const { data } = await api.GET('/search', { params: { query: { q: name, exact: true, limit: 3 } } })
    return data!.hits.length > 0 ? `is ${data!.hits.map(hit => hit.name).join(', ')}` : ''
  } catch (err) {
    return isProblem(err, 'not-found') ? (err.hint ?? '') : ''
  }
}
