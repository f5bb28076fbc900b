import { describe, expect, it } from 'vitest'
import { argumentOf, firstArgument, namedArguments } from './arguments'

describe('argumentOf', () => {
  it.each([
    ['value', '7', 7], ['value', 'True', true], ['value', 'None', null], ['value', '[1, "a"]', [1, 'a']], ['value', 'nic-eth', 'nic-eth'],
    ['text', '7', '7'], ['thing', ' sw1 ', { entity: 'sw1' }], ['time', '2026-11-22T10:00:00Z', { time: '2026-11-22T10:00:00Z' }], ['driver', 'pool', { driver: 'pool' }],
  ] as const)('%s %s', (kind, text, want) => expect(argumentOf({ kind, text })).toEqual(want))
})

it('leaves out what may be left out', () => {
  const params = [{ name: 'porttype' }, { name: 'num', optional: true }, { name: 'device' }]
  expect(namedArguments(params, { porttype: { kind: 'value', text: 'nic-eth' } })).toEqual({ named: { porttype: 'nic-eth' }, missing: ['device'] })
  expect(namedArguments([{ name: 'value' }], { value: { kind: 'text', text: '' } })).toEqual({ named: { value: '' }, missing: [] })
})

it('takes things for things', () => {
  expect(firstArgument({ name: 'device' }).kind).toBe('thing')
  expect(firstArgument({ name: 'clusto_drivers' }).kind).toBe('value')
})
