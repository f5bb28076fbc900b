import { describe, expect, test } from 'vitest'
import { fit, looksLikeQuery, readWords } from './words'

const now = new Date(2026, 10, 22, 12, 30)

describe('what is wanted of a thing', () => {
  test.each([
    ['power cycle sv3-001-s3', { verb: 'power cycle', thing: 'sv3-001-s3' }],
    ['Reboot sv3-001-s3', { verb: 'power cycle', thing: 'sv3-001-s3' }],
    ['power off  sv3-001-s3', { verb: 'power off', thing: 'sv3-001-s3' }],
    ['sv3-001-s3 power cycle', { verb: 'power cycle', thing: 'sv3-001-s3' }],
    ['rename web1', { verb: 'rename', thing: 'web1' }],
    ['rename web1 to web2', { verb: 'rename', thing: 'web1', to: 'web2' }],
    ['rename a to b to c d', { verb: 'rename', thing: 'a', to: 'b to c d' }],
    ['delete two words', { verb: 'delete', thing: 'two words' }],
    ['explain dhcp s0004', { verb: 'explain dhcp', thing: 's0004' }],
    ['dhcp s0004', { verb: 'explain dhcp', thing: 's0004' }],
    ['show s0004', { verb: 'show', thing: 's0004' }],
    ['show s0004 at yesterday', { verb: 'show', thing: 's0004', at: new Date(2026, 10, 21).toISOString(), when: 'yesterday' }],
    ['s0004 at 12', { verb: 'show', thing: 's0004', at: '12', when: '12' }],
    ['compare s0004', { verb: 'compare', thing: 's0004' }],
  ])('%j', (text, want) => {
    const read = readWords(text, now)
    expect(read.wishes[0]).toEqual({ kind: 'thing', ...want })
    expect(read.term).toBe(want.thing)
  })
})

describe('what is wanted of all', () => {
  test.each([
    ['theme dark', { kind: 'theme', theme: 'dark' }],
    ['dark mode', { kind: 'theme', theme: 'dark' }],
    ['revert last change', { kind: 'revert last' }],
    ['undo', { kind: 'revert last' }],
    ['sign out', { kind: 'sign out' }],
    ['keys', { kind: 'keys' }],
    ['compare', { kind: 'compare times' }],
    ['now', { kind: 'time', at: undefined, when: 'now' }],
    ['at 12', { kind: 'time', at: '12', when: '12' }],
    ['yesterday', { kind: 'time', at: new Date(2026, 10, 21).toISOString(), when: 'yesterday' }],
    ['type = server and pool = web', { kind: 'query', query: 'type = server and pool = web' }],
  ])('%j', (text, want) => expect(readWords(text, now).wishes).toContainEqual(want))
})

test('words that ask for nothing are looked for', () => {
  for (const text of ['sv3', '10.2.', '00-16-3E-AA-BB-01', '12', 'delete', '', '<script>', 'show']) {
    expect(readWords(text, now)).toEqual({ term: text, wishes: [] })
  }
})

test('queries are told from words', () => {
  expect(looksLikeQuery('attr system.memory >= 16G')).toBe(true)
  expect(looksLikeQuery('type server')).toBe(false)
  expect(looksLikeQuery('a = b')).toBe(false)
})

test('texts fit better the earlier the words are in them', () => {
  expect(fit('Address networks', 'add')).toBeGreaterThan(fit('Bad', 'ad'))
  expect(fit('Racks', 'x')).toBe(0)
})
