import { expect, test } from 'vitest'
import { dayName, groupByDay } from './days'
import { diffLines, hunks } from './lines'
import { plainWhat, versionsInTheWay } from './obstacles'
import { compareSearch, logSearch, readingSearch } from './search'

test('versions are grouped by day', () => {
  const now = new Date(2026, 10, 22, 12)
  const entry = (version: number, time?: Date) => ({ version, user: 'ann', description: '', ...(time ? { time: time.toISOString() } : {}) })
  const rows = groupByDay([entry(4, new Date(2026, 10, 22, 1)), entry(3, new Date(2026, 10, 21, 23)), entry(2, new Date(2026, 10, 21, 2)), entry(1)], now)
  expect(rows.map(row => ('day' in row ? row.day : row.entry.version))).toEqual(['Today', 4, 'Yesterday', 3, 2, 'At an unknown time', 1])
  expect(dayName(new Date(2026, 0, 5), now)).toMatch(/^Monday,? 5 January 2026$/)
  expect(dayName(new Date(2026, 10, 1), new Date(2026, 10, 2, 1))).toBe('Yesterday')
})

test('lines that were changed are found', () => {
  const text = (was: string, is: string) => diffLines(was, is).map(line => ({ added: '+', removed: '-', same: ' ' })[line.change] + line.text).join('\n')
  expect(text('a\nb\nc', 'a\nx\nc')).toBe(' a\n-b\n+x\n c')
  expect(text('a\nb\nc\nd', 'b\nc\ne\nd')).toBe('-a\n b\n c\n+e\n d')
  expect(text('', 'a')).toBe('-\n+a')
  expect(text('a', 'a')).toBe(' a')
  expect(text('a\na\na', 'a\na')).toBe(' a\n a\n-a')
})

test('what was and what is can be read from the lines', () => {
  let seed = 1
  const random = (n: number) => (seed = (seed * 16807) % 2147483647) % n
  for (let round = 0; round < 200; round++) {
    const make = () => Array.from({ length: random(12) }, () => 'abc'[random(3)]!).join('\n')
    const was = make(), is = make()
    const lines = diffLines(was, is)
    const side = (not: string) => lines.filter(line => line.change !== not).map(line => line.text).join('\n')
    expect(side('added')).toBe(was)
    expect(side('removed')).toBe(is)
  }
})

test('of long texts only what is near a change is shown', () => {
  const was = Array.from({ length: 20 }, (_, i) => String(i))
  const is = was.with(10, 'x')
  expect(hunks(diffLines(was.join('\n'), is.join('\n')), 1).map(line => ('skipped' in line ? line.skipped : line.text))).toEqual([9, '9', '10', 'x', '11', 8])
})

test('addresses are read as far as they make sense', () => {
  expect(logSearch({ user: 'ann', about: 42, grep: '', since: ['x'], other: 'y' })).toEqual({ user: 'ann', about: '42' })
  expect(readingSearch({ change: 'eaten', type: 'server' })).toEqual({ type: 'server' })
  expect(compareSearch({ from: 12, to: 'live', change: 'made', within: 'r1' })).toEqual({ from: '12', to: 'live', change: 'made', within: 'r1' })
})

test('obstacles are told in plain words, with the versions to undo too', () => {
  expect(['_contains.ru#31', '_contains#4', 'port-nic-eth.connection#12', 'memory'].map(plainWhat)).toEqual([
    'what is in unit 31', 'what is in it', 'the cable at nic-eth 12', 'memory',
  ])
  const obstacle = (why: string) => ({ entity: 'r1', what: 'x', why })
  expect(versionsInTheWay([obstacle('it was made in version 23'), obstacle('a since version 4; b since version 23'), obstacle('it is gone')])).toEqual([4, 23])
})
