import { describe, expect, test } from 'vitest'
import { parseTime } from './parse'

// A Sunday.
const now = new Date(2026, 10, 22, 12, 30, 15)

describe('what is meant by a time', () => {
  test.each([
    ['123', '123'],
    ['v123', '123'],
    ['Version 7', '7'],
    ['now', undefined],
    ['0', null],
    ['', null],
    ['soon', null],
    ['2 fortnights ago', null],
    ['2026-13-20', null],
    ['2026-02-30', null],
    ['yesterday 25:00', null],
  ])('%j', (text, want) => expect(parseTime(text, now)).toBe(want))

  test.each([
    ['today', new Date(2026, 10, 22)],
    ['yesterday', new Date(2026, 10, 21)],
    ['Yesterday 14:00', new Date(2026, 10, 21, 14)],
    ['yesterday at 9:05', new Date(2026, 10, 21, 9, 5)],
    ['last tuesday', new Date(2026, 10, 17)],
    ['sunday', new Date(2026, 10, 15)],
    ['saturday 23:59', new Date(2026, 10, 21, 23, 59)],
    ['2 days ago', new Date(2026, 10, 20, 12, 30, 15)],
    ['3h ago', new Date(2026, 10, 22, 9, 30, 15)],
    ['an hour ago', new Date(2026, 10, 22, 11, 30, 15)],
    ['last week', new Date(2026, 10, 15, 12, 30, 15)],
    ['1 month ago', new Date(2026, 9, 22, 12, 30, 15)],
    ['2026-11-20', new Date(2026, 10, 20)],
    ['2026-11-20 14:00', new Date(2026, 10, 20, 14)],
    ['2026-11-20T14:00:05', new Date(2026, 10, 20, 14, 0, 5)],
    ['2026-11-20T14:00:05Z', new Date(Date.UTC(2026, 10, 20, 14, 0, 5))],
    ['2026-11-20 14:00+02:00', new Date(Date.UTC(2026, 10, 20, 12))],
  ])('%j', (text, want) => expect(parseTime(text, now)).toBe(want.toISOString()))
})
