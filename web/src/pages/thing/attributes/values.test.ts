import { describe, expect, it } from 'vitest'
import { deletion, guessType, setting, textOf, valueOf } from './values'

describe('guessType', () => {
  it.each([
    ['442', 'int'], ['-1', 'int'], ['0', 'int'], ['007', 'string'], ['1.5', 'string'], ['', 'string'], ['web', 'string'],
    ['12345678901234567890', 'string'], ['[1]', 'json'], ['{"a": 1}', 'json'], ['[1', 'string'], ['2026-11-22', 'string'],
  ])('%s is %s', (text, type) => expect(guessType(text)).toBe(type))
})

describe('valueOf', () => {
  it.each([
    ['442', 'string', '442'], ['442', 'int', 442], ['+7', 'int', 7], ['{"a":null}', 'json', { a: null }], ['null', 'json', null],
    ['2026-11-22', 'datetime', '2026-11-22T00:00:00'], ['2026-11-22 14:00', 'datetime', '2026-11-22T14:00:00'],
    ['2026-11-22T14:00:00.5+02:00', 'datetime', '2026-11-22T12:00:00.500'], [' web1 ', 'relation', 'web1'], [' a ', 'string', ' a '],
  ] as const)('%s as %s', (text, type, value) => expect(valueOf(text, type)).toEqual({ value }))

  it.each([['x', 'int'], ['1.5', 'int'], ['9007199254740993', 'int'], ['tomorrow', 'datetime'], ['2026-13-01', 'datetime'], ['{', 'json'], [' ', 'relation']] as const)(
    '%s is no %s', (text, type) => expect(valueOf(text, type).error).toBeTruthy())

  it('reads what textOf writes', () => {
    for (const attr of [{ type: 'json', value: { a: [1, null] } }, { type: 'int', value: -4 }, { type: 'datetime', value: '2026-11-22T14:00:00' }] as const) {
      expect(valueOf(textOf(attr), attr.type)).toEqual({ value: attr.value })
    }
  })
})

describe('operations', () => {
  const memory = { key: 'system', subkey: 'memory', type: 'int', value: 4 } as const
  it('sets the only one of a name', () => {
    expect(setting('web1', memory, 'int', 8, memory, [memory])).toEqual([{ set_attrs: { entity: 'web1', attrs: [{ key: 'system', subkey: 'memory', type: 'int', value: 8 }] } }])
  })
  it('replaces one of several', () => {
    const [a, b] = [{ key: 'alias', type: 'string', value: 'a' }, { key: 'alias', type: 'string', value: 'b' }] as const
    expect(setting('web1', a, 'string', 'c', a, [a, b])).toEqual([
      { delete_attrs: { entity: 'web1', key: 'alias', number: false, subkey: '', type: 'string', value: 'a' } },
      { add_attrs: { entity: 'web1', attrs: [{ key: 'alias', type: 'string', value: 'c' }] } },
    ])
  })
  it('adds what is not there', () => expect(setting('web1', { key: 'k', number: 0 }, 'string', '', undefined, [])).toEqual([{ add_attrs: { entity: 'web1', attrs: [{ key: 'k', number: 0, type: 'string', value: '' }] } }]))
  it('deletes by number', () => expect(deletion('w', { key: 'k', number: 3, type: 'string', value: '' })).toEqual({ delete_attrs: { entity: 'w', key: 'k', number: 3, subkey: '', type: 'string', value: '' } }))
})
