import { describe, expect, test } from 'vitest'
import { emptyForm, readAttr, stepOf } from './bulk'
import { complete, mistakeAt, narrow, pointsBefore, quoteValue, without } from './filters'
import { units } from './Grid'
import { pagesFor, pageSize } from './rows'
import { headingOf, nextSort, readSearch, within } from './search'
import { add, everything, isSelected, nothing, selectedCount, toggle } from './selection'
import { plain } from './Suggest'
import { searchOf, viewOf } from './Views'
import { barren } from './why'

describe('the address', () => {
  test('keeps what can be meant', () => {
    expect(readSearch({ q: 'type = server', cols: ['name', 'name', 7, ''], widths: { name: 9, rack: 'x', ip: 5000 }, sort: '-rack', other: 1 }))
      .toEqual({ q: 'type = server', cols: ['name'], widths: { name: 60, ip: 1200 }, sort: '-rack' })
    expect(readSearch({ q: ' ', cols: 'name', widths: [], sort: 3 })).toEqual({})
    expect(readSearch({ q: 7 })).toEqual({ q: '7' })
  })
  test('of a view and back', () => {
    const search = { q: 'name exists', cols: ['name', 'attr(a)'], widths: { name: 120 }, sort: '-name' }
    expect(searchOf({ name: 'v', shared: true, changed: '', ...viewOf(search), columns: viewOf(search).columns! })).toEqual(search)
  })
  test('sorts', () => {
    expect([nextSort(undefined, 'rack'), nextSort('rack', 'rack'), nextSort('-rack', 'rack'), nextSort('-rack', 'name')]).toEqual(['rack', '-rack', undefined, 'name'])
    expect([headingOf('ru'), headingOf('attr(a.b)'), headingOf('merged(owner)'), headingOf('system.serial')]).toEqual(['Units', 'a.b', 'owner (merged)', 'system.serial'])
    expect([within(1), within(99.6), within(1e9)]).toEqual([60, 100, 1200])
  })
})

describe('queries', () => {
  test('quotes what needs it', () => {
    expect(['web1', 'a b', 'say "no"', '-x', 'a-b', 'back\\slash', '', '日本'].map(quoteValue))
      .toEqual(['web1', '"a b"', '"say \\"no\\""', '"-x"', 'a-b', '"back\\\\slash"', '""', '日本'])
  })
  test('plain is quoteValue backwards', () => {
    for (const text of ['web1', 'a b', 'say "no"', 'a\\nb', 'line\nline', '"']) expect(plain(quoteValue(text))).toBe(text)
  })
  test('narrows', () => {
    expect(narrow('', 'a = b')).toBe('a = b')
    expect(narrow('name exists', 'a = b')).toBe('a = b')
    expect(narrow('x = y', 'a = b')).toBe('x = y and a = b')
    expect(narrow('x = y or z = w', 'a = b')).toBe('(x = y or z = w) and a = b')
    expect(narrow('name = "this or that"', 'a = b')).toBe('name = "this or that" and a = b')
  })
  test('leaves out', () => {
    expect(without('a = b', [])).toBe('a = b')
    expect(without('a = b', ['x', 'y z'])).toBe('(a = b) - name in (x, "y z")')
  })
  test('completes, also behind characters of two units', () => {
    expect(complete('type = 😀s and', 7, 9, 'server', true)).toEqual({ text: 'type = server and', cursor: 13 })
    expect(complete('ty', 0, 2, 'type', true)).toEqual({ text: 'type ', cursor: 5 })
    expect(pointsBefore('😀a', 2)).toBe(1)
  })
  test('finds the place of a mistake', () => {
    expect(mistakeAt('type = server adn x', 15, 'column 15: want')).toEqual({ from: 14, to: 17 })
    expect(mistakeAt('a = b\nand ccc', 5, 'line 2, column 5: no')).toEqual({ from: 10, to: 13 })
    expect(mistakeAt('type =', 7, 'column 7: want a value')).toEqual({ from: 6, to: 6 })
  })
  test('says which conditions find nothing', () => {
    const leaf = (query: string, entities: number, more = {}) => ({ query, method: 'name', how: '', ran: { entities, questions: 1, seconds: 0, ...more } }) as const
    expect(barren({ method: 'all', how: '', steps: [leaf('a', 3), leaf('b', 0), leaf('c', 0, { skipped: true }), { ...leaf('d', 0), without: true }] })).toEqual(['b'])
  })
})

describe('the selection', () => {
  test('of some, and of all but some', () => {
    const some = add(toggle(nothing, 'a'), ['b', 'c'])
    expect([isSelected(some, 'a'), isSelected(some, 'd'), selectedCount(some, 10)]).toEqual([true, false, 3])
    const but = toggle(toggle(everything, 'a'), 'b')
    expect([isSelected(but, 'a'), isSelected(but, 'z'), selectedCount(but, 10)]).toEqual([false, true, 8])
    expect(selectedCount(add(but, ['a']), 10)).toBe(9)
    expect(selectedCount(toggle(toggle(nothing, 'a'), 'a'), 10)).toBe(0)
  })
})

test('rows are asked for around those in sight', () => {
  expect(pagesFor(0, 40)).toEqual([0])
  expect(pagesFor(pageSize * 3 - 10, pageSize * 3 + 10)).toEqual([0, 2, 3])
})

test('rack units', () => {
  expect([units([3]), units([3, 4, 5]), units([3, 5]), units([])]).toEqual(['3', '3–5', '3, 5', ''])
})

describe('edits of many', () => {
  test('names of attributes', () => {
    expect(readAttr('system.memory')).toEqual({ key: 'system', subkey: 'memory' })
    expect(readAttr('ip#3')).toEqual({ key: 'ip', number: 3 })
    expect(readAttr('"a.b"."c d"#0')).toEqual({ key: 'a.b', subkey: 'c d', number: 0 })
    expect([readAttr(''), readAttr('#3'), readAttr('a#b')]).toEqual([undefined, undefined, undefined])
  })
  test('steps', () => {
    expect(stepOf({ ...emptyForm, attr: 'owner', value: 'ops' })).toEqual({ step: { set_attrs: [{ key: 'owner', value: 'ops' }] } })
    expect(stepOf({ ...emptyForm, action: 'add', attr: 'n', value: '12', type: 'int' })).toEqual({ step: { add_attrs: [{ key: 'n', value: 12 }] } })
    expect(stepOf({ ...emptyForm, attr: 'n', value: '1.5', type: 'int' }).wrong).toBeTruthy()
    expect(stepOf({ ...emptyForm, attr: 'n', value: '{', type: 'json' }).wrong).toBeTruthy()
    expect(stepOf({ ...emptyForm, attr: 'up', value: 'sw1', type: 'relation' })).toEqual({ step: { set_attrs: [{ key: 'up', value: 'sw1', type: 'relation' }] } })
    expect(stepOf({ ...emptyForm, action: 'rename', match: 'a', name: '' })).toEqual({ step: { rename: { match: 'a', name: '' } } })
    expect(stepOf({ ...emptyForm, action: 'insert' }).step).toBeUndefined()
  })
})
