import type { Schemas } from '@/api/client'

export type Step = Schemas['BulkStep']
export type Edit = Schemas['BulkEdit']

/** What can be done to many things. */
export const actions = [
  { id: 'set', text: 'Set an attribute' },
  { id: 'add', text: 'Add an attribute' },
  { id: 'unset', text: 'Delete an attribute' },
  { id: 'insert', text: 'Put into a pool or container' },
  { id: 'remove', text: 'Take out of a pool or container' },
  { id: 'rename', text: 'Rename by a pattern' },
  { id: 'driver', text: 'Set the driver' },
  { id: 'delete', text: 'Delete' },
] as const

export type Action = (typeof actions)[number]['id']

/** What was written in the form of an edit. */
export interface Form {
  action: Action
  /** The attribute: key, key.subkey or key.subkey#number. */
  attr: string
  value: string
  /** How the value is meant. */
  type: 'string' | 'int' | 'relation' | 'json' | 'datetime'
  container: string
  match: string
  name: string
  driver: string
}

export const emptyForm: Form = { action: 'set', attr: '', value: '', type: 'string', container: '', match: '', name: '', driver: '' }

/** Reads the name of an attribute: key, key.subkey, and #number behind either. */
export function readAttr(text: string): { key: string; subkey?: string; number?: number } | undefined {
  const found = /^("(?:[^"\\]|\\.)+"|[^."#]+)(?:\.("(?:[^"\\]|\\.)+"|[^#"]+))?(?:#(\d+))?$/.exec(text.trim())
  if (!found) return undefined
  const bare = (part: string) => (part.startsWith('"') ? part.slice(1, -1).replace(/\\(.)/g, '$1') : part)
  return {
    key: bare(found[1]!),
    ...(found[2] === undefined ? {} : { subkey: bare(found[2]) }),
    ...(found[3] === undefined ? {} : { number: Number(found[3]) }),
  }
}

/** Returns what a form says to do, or what is wrong with it. */
export function stepOf(form: Form): { step?: Step; wrong?: string } {
  switch (form.action) {
    case 'set':
    case 'add': {
      const name = readAttr(form.attr)
      if (!name) return { wrong: form.attr === '' ? '' : 'An attribute is written key, key.subkey or key.subkey#number.' }
      const value = valueOf(form)
      if (value === undefined) return { wrong: form.type === 'int' ? 'That is not a whole number, or too large to be written here.' : 'That is not JSON.' }
      const attr = { ...name, value, ...(form.type === 'string' || form.type === 'int' ? {} : { type: form.type }) } as Schemas['NewAttr']
      return { step: form.action === 'set' ? { set_attrs: [attr] } : { add_attrs: [attr] } }
    }
    case 'unset': {
      const name = readAttr(form.attr)
      if (!name) return { wrong: form.attr === '' ? '' : 'An attribute is written key, key.subkey or key.subkey#number.' }
      return { step: { delete_attrs: name } }
    }
    case 'insert':
      return form.container ? { step: { insert: form.container } } : { wrong: '' }
    case 'remove':
      return form.container ? { step: { remove: form.container } } : { wrong: '' }
    case 'rename':
      return form.match ? { step: { rename: { match: form.match, name: form.name } } } : { wrong: '' }
    case 'driver':
      return form.driver ? { step: { set_driver: form.driver } } : { wrong: '' }
    case 'delete':
      return { step: { delete: true } }
  }
}

function valueOf(form: Form): unknown {
  switch (form.type) {
    case 'int':
      return /^[+-]?\d+$/.test(form.value.trim()) && Number.isSafeInteger(Number(form.value)) ? Number(form.value) : undefined
    case 'json':
      try {
        return JSON.parse(form.value) as unknown
      } catch {
        return undefined
      }
    default:
      return form.value
  }
}
