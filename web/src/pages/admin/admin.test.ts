import { expect, test } from 'vitest'
import { grantError, grantText } from './grant'
import { search, tabOf } from './tabs'

test.each([
  [{ verb: 'read', what: '', place: '', name: '' }, 'read'],
  [{ verb: 'write attr', what: 'dhcp.*', place: 'in', name: 'web' }, 'write attr/dhcp.* in web'],
  [{ verb: 'write attr', what: '', place: '', name: '' }, 'write attr/*'],
  [{ verb: 'act call', what: 'reboot', place: 'of type', name: 'server' }, 'act call/reboot of type server'],
  [{ verb: 'act power', what: 'ignored', place: 'on', name: 'my rack' }, 'act power on "my rack"'],
  [{ verb: 'allocate', what: '', place: 'in', name: 'on' }, 'allocate in "on"'],
  [{ verb: 'admin', what: '', place: 'in', name: 'web' }, 'admin'],
] as const)('%o is %s', (form, want) => expect(grantText(form)).toBe(want))

test('a place needs a name', () => {
  expect(grantError({ verb: 'read', what: '', place: 'in', name: ' ' })).toBe('Say which.')
  expect(grantError({ verb: 'read', what: '', place: '', name: '' })).toBeUndefined()
  expect(grantError({ verb: 'admin', what: '', place: 'in', name: '' })).toBeUndefined()
})

test('a search finds all of its words in any order and case', () => {
  const rows = [{ name: 'BasicServer', doc: 'A server' }, { name: 'rack', doc: undefined }]
  const found = (words: string) => search(rows, words, row => [row.name, row.doc]).map(row => row.name)
  expect(found('a basics')).toEqual(['BasicServer'])
  expect(found('')).toHaveLength(2)
  expect(found('rack server')).toEqual([])
  expect(tabOf('users')).toBe('users')
  expect(tabOf('x')).toBeUndefined()
})
