import type { Operation } from '@/api/change'
import type { Schemas } from '@/api/client'
import type { Attr } from './provenance'
import { sameName } from './provenance'

export type ValueType = Schemas['ValueType']

/** The types of values, in the order in which they are offered. */
export const valueTypes: readonly { id: ValueType; text: string }[] = [
  { id: 'string', text: 'text' },
  { id: 'int', text: 'number' },
  { id: 'datetime', text: 'time' },
  { id: 'json', text: 'JSON' },
  { id: 'relation', text: 'thing' },
]

/** Returns the type that a value has if nobody says another: a whole number is an int, a list or an object is JSON, all else is a text. */
export function guessType(text: string): ValueType {
  if (/^-?(0|[1-9][0-9]*)$/.test(text) && Number.isSafeInteger(Number(text))) return 'int'
  if (/^\s*[[{]/.test(text) && isJSON(text)) return 'json'
  return 'string'
}

function isJSON(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Returns the text in which a value is edited. */
export function textOf(attr: Pick<Attr, 'type' | 'value'>): string {
  if (attr.value === null || attr.value === undefined) return ''
  if (attr.type === 'json') return JSON.stringify(attr.value, null, 2)
  return String(attr.value as string | number)
}

/** A value as it was typed: what it is, or why it is none. */
export type Typed = { value: unknown; error?: undefined } | { error: string }

/** Returns what a text is as a value of a type. */
export function valueOf(text: string, type: ValueType): Typed {
  switch (type) {
    case 'string':
      return { value: text }
    case 'int':
      if (!/^\s*[-+]?[0-9]+\s*$/.test(text)) return { error: 'This is not a whole number.' }
      return Number.isSafeInteger(Number(text)) ? { value: Number(text) } : { error: 'This number is too large to be edited here.' }
    case 'datetime':
      return timeOf(text)
    case 'json':
      return isJSON(text) ? { value: JSON.parse(text) as unknown } : { error: 'This is not JSON.' }
    case 'relation':
      return text.trim() === '' ? { error: 'Which thing?' } : { value: text.trim() }
  }
}

function timeOf(text: string): Typed {
  const match = /^\s*(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?\s*(Z|[-+]\d\d:\d\d)?)?\s*$/.exec(text)
  const time = match && new Date(`${match[1]}T${match[2] ?? '00:00'}${match[3] ?? ':00'}${match[4] ?? 'Z'}`)
  if (!time || Number.isNaN(time.getTime())) return { error: 'Write a time as 2026-11-22 14:00, in UTC.' }
  return { value: time.toISOString().replace(/(\.000)?Z$/, '') }
}

/** What an attribute is called, without its value. */
export type AttrName = Pick<Attr, 'key' | 'number' | 'subkey'>

function named({ key, number, subkey }: AttrName): AttrName {
  return { key, ...(number === undefined ? {} : { number }), ...(subkey === undefined ? {} : { subkey }) }
}

/** Returns what deletes an attribute, that with its value alone if there are several of the name. */
export function deletion(entity: string, attr: Attr): Operation {
  return { delete_attrs: { entity, key: attr.key, number: attr.number ?? false, subkey: attr.subkey ?? '', type: attr.type, value: attr.value } }
}

/** Returns what gives a thing an attribute in place of another one of the name; without one it is added. */
export function setting(entity: string, name: AttrName, type: ValueType, value: unknown, instead: Attr | undefined, own: readonly Attr[]): Operation[] {
  const attrs = [{ ...named(name), type, value }]
  const several = instead !== undefined && own.filter(other => sameName(other, instead)).length > 1
  if (several) return [deletion(entity, instead), { add_attrs: { entity, attrs } }]
  return instead ? [{ set_attrs: { entity, attrs } }] : [{ add_attrs: { entity, attrs } }]
}
