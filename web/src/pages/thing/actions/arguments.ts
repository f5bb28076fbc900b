import type { Schemas } from '@/api/client'
import { guessType } from '../attributes/values'

type Param = Schemas['Param']

/** What the text of an argument is taken for. */
export type ArgumentKind = 'value' | 'text' | 'thing' | 'time' | 'driver'

export const argumentKinds: readonly { id: ArgumentKind; text: string }[] = [
  { id: 'value', text: 'value' },
  { id: 'text', text: 'text' },
  { id: 'thing', text: 'thing' },
  { id: 'time', text: 'time' },
  { id: 'driver', text: 'driver' },
]

/** An argument as it was typed. */
export interface Argument {
  kind: ArgumentKind
  text: string
}

const things = ['device', 'thing', 'server', 'rack', 'ipman', 'manager', 'entity', 'parent', 'otherdevice', 'dst']

/** Returns what an argument is at first: by what the parameter is called. */
export function firstArgument(param: Param): Argument {
  const kind = things.some(word => param.name === word) ? 'thing' : param.name.includes('driver') && !param.name.endsWith('s') ? 'driver' : 'value'
  return { kind, text: '' }
}

/** Returns an argument as the API takes it: a value is a number, True, False, None, JSON, or else a text. */
export function argumentOf({ kind, text }: Argument): unknown {
  switch (kind) {
    case 'text':
      return text
    case 'thing':
      return { entity: text.trim() }
    case 'driver':
      return { driver: text.trim() }
    case 'time':
      return { time: text.trim() }
    case 'value': {
      const word = text.trim().toLowerCase()
      if (word === 'true' || word === 'false') return word === 'true'
      if (word === 'none' || word === 'null') return null
      return guessType(text) === 'string' ? text : (JSON.parse(text) as unknown)
    }
  }
}

/** Returns the arguments of a call by name. An empty one that may be left out is left out. */
export function namedArguments(params: readonly Param[], given: Readonly<Record<string, Argument>>): { named: Record<string, unknown>; missing: string[] } {
  const named: Record<string, unknown> = {}
  const missing: string[] = []
  for (const param of params) {
    const argument = given[param.name] ?? firstArgument(param)
    if (argument.text !== '') named[param.name] = argumentOf(argument)
    else if (!param.optional && argument.kind === 'text') named[param.name] = ''
    else if (!param.optional) missing.push(param.name)
  }
  return { named, missing }
}
