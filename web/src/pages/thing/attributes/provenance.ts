import type { Schemas } from '@/api/client'
import { formatAttrName, formatValue } from '@/ui/format'

export type Attr = Schemas['Attr']

/** An attribute that a thing has or inherits, and those that do not count because it is nearer. */
export interface Row {
  attr: Attr
  /** It is the thing's own. */
  own: boolean
  /** What farther containers say, the nearest first. */
  overrides: Attr[]
}

/** The attributes of one key. */
export interface Group {
  key: string
  rows: Row[]
}

/** Returns whether two attributes have one name: key, number and subkey. */
export function sameName(a: Attr, b: Attr): boolean {
  return a.key === b.key && a.number === b.number && a.subkey === b.subkey
}

/** Returns merged attributes of a thing, the nearest first as the API has them, grouped by key; what is overridden is with what overrides it. */
export function groupsOf(merged: readonly Attr[], name: string): Group[] {
  const groups: Group[] = []
  for (const attr of merged) {
    let group = groups.at(-1)
    if (group?.key !== attr.key) {
      group = { key: attr.key, rows: [] }
      groups.push(group)
    }
    const nearer = group.rows.find(row => sameName(row.attr, attr) && row.attr.from !== attr.from)
    if (nearer) nearer.overrides.push(attr)
    else group.rows.push({ attr, own: attr.from === name, overrides: [] })
  }
  for (const group of groups) group.rows.sort(byName)
  return groups
}

function byName(a: Row, b: Row): number {
  return (a.attr.number ?? -1) - (b.attr.number ?? -1) || (a.attr.subkey ?? '').localeCompare(b.attr.subkey ?? '')
}

/** What is shown besides the attributes that people keep. */
export type More = undefined | 'kept' | 'all'

/** Returns the groups that are shown: without those that clusto keeps by itself unless more says so, and only what has text in it. */
export function shownGroups(groups: readonly Group[], more: More, text = ''): Group[] {
  const wanted = text.trim().toLowerCase()
  return groups
    .map(group => ({ key: group.key, rows: group.rows.filter(row => (more === 'all' || !isHidden(row.attr)) && (more || !isKept(row, group)) && has(row, wanted)) }))
    .filter(group => group.rows.length > 0)
}

function has(row: Row, text: string): boolean {
  if (text === '') return true
  return [formatAttrName(row.attr), formatValue(row.attr.value), row.own ? '' : (row.attr.from ?? '')].some(part => part.toLowerCase().includes(text))
}

/** Returns whether an attribute is for clusto's own use. */
export function isHidden(attr: Attr): boolean {
  return attr.key.startsWith('_')
}

/** Returns whether an attribute is part of a port, of an allocation or of what a container's driver needs, which have pages of their own. */
export function isKept(row: Row, group: Group): boolean {
  const { attr } = row
  if (attr.key.startsWith('port-')) return true
  if (!row.own && attr.subkey === 'property') return true
  return attr.number !== undefined && group.rows.some(other => other.attr.number === attr.number && other.attr.subkey === 'manager' && other.attr.type === 'relation')
}

/** Returns groups with a row for an attribute that is being edited, also if it was deleted meanwhile or is not looked for. */
export function withEdited(groups: readonly Group[], attr: Attr | undefined, own: boolean): Group[] {
  if (!attr) return [...groups]
  const row: Row = { attr, own, overrides: [] }
  const group = groups.find(({ key }) => key === attr.key)
  if (!group) return [...groups, { key: attr.key, rows: [row] }].sort((a, b) => (a.key < b.key ? -1 : 1))
  if (group.rows.some(other => sameName(other.attr, attr))) return [...groups]
  return groups.map(other => (other === group ? { key: group.key, rows: [...group.rows, row].sort(byName) } : other))
}

/** Returns what tells the rows of a group apart however their values change: the name, and which one of that name it is. */
export function rowKeys(group: Group): string[] {
  const met = new Map<string, number>()
  return group.rows.map(({ attr }) => {
    const name = formatAttrName(attr)
    const nth = met.get(name) ?? 0
    met.set(name, nth + 1)
    return `${name} ${nth}`
  })
}
