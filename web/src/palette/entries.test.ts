import { describe, expect, test } from 'vitest'
import { places } from '@/frame/places'
import { entriesFor } from './entries'
import { readWords } from './words'

const hit = { name: 'sv3-001-s3', type: 'server', driver: 'basicserver', matched: 'name', value: 'sv3-001-s3' }
const net = { name: 'net-mgmt', type: 'resourcemanager', driver: 'ipmanager', matched: 'address', value: '10.2.0.0' }

function lines(text: string, { mayChange = true, hits = [hit] } = {}): string[] {
  const groups = entriesFor({ text, reading: readWords(text), hits, recent: [{ name: 'web1', type: 'server' }], places, mayChange })
  return groups.flatMap(group => group.entries.map(entry => `${group.id}: ${entry.text}${entry.name && entry.name !== entry.text ? ` ${entry.name}` : ''}`))
}

describe('lines', () => {
  test('of nothing are what was looked at, and the pages', () => {
    expect(lines('')[0]).toBe('recent: web1')
    expect(lines('')).toContain('pages: Racks')
  })
  test('of a name', () => expect(lines('sv3-001')).toEqual(['things: sv3-001-s3']))
  test('of a network', () => expect(lines('10.2.', { hits: [net] })).toEqual(['managers: net-mgmt']))
  test('of a page', () => expect(lines('rac', { hits: [] })).toEqual(['pages: Racks']))
  test('of an action', () => expect(lines('power cycle sv3')).toEqual(['actions: Power cycle sv3-001-s3', 'things: sv3-001-s3']))
  test('of an action in the past', () => expect(lines('power cycle sv3', { mayChange: false })).toEqual(['things: sv3-001-s3']))
  test('of the beginning of a verb', () => expect(lines('ren', { hits: [] })).toEqual(['offers: rename …']))
  test('of what is deleted', () => expect(lines('undelete web9', { hits: [] })).toEqual(['actions: Bring back web9']))
})

test('names in addresses are encoded', () => {
  const strange = { ...hit, name: 'a/b?c#d' }
  const [group] = entriesFor({ text: 'explain dhcp a', reading: readWords('explain dhcp a'), hits: [strange], recent: [], places, mayChange: true })
  expect(group!.entries[0]!.deed).toEqual({ kind: 'go', to: '/things/a%2Fb%3Fc%23d?tab=dhcp' })
})
