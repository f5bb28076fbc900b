import { expect, test } from 'vitest'
import { attrsOf, deedsOf, newest, type LogEntry } from './summary'

const entry = (version: number, more: Partial<LogEntry> = {}): LogEntry => ({ version, user: 'ann', description: '', ...more })

test('a version names the first things that it is about', () => {
  expect(deedsOf(entry(1, { made: ['a', 'b', 'c', 'd', 'e'], deleted: ['z'], renamed: [{ from: 'x', to: 'y' }], changed: [] }))).toEqual([
    { verb: 'made', things: ['a', 'b', 'c'], more: 2 },
    { verb: 'deleted', things: ['z'], more: 0, gone: true },
    { verb: 'renamed', things: ['y'], more: 0 },
  ])
  expect(deedsOf(entry(1))).toEqual([])
})

test('attributes are counted together', () => {
  expect(attrsOf(entry(1, { attrs_added: 1, attrs_changed: 1 }))).toBe('2 attributes')
  expect(attrsOf(entry(1))).toBe('')
})

test('what was heard of and what was listed is one list', () => {
  expect(newest([entry(9), entry(8)], [entry(8), entry(7), entry(6)], 3).map(e => e.version)).toEqual([9, 8, 7])
})
