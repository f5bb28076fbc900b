import { describe, expect, it } from 'vitest'
import { asPrefixes, contains, formatAddr, formatCount, formatPrefix, parseAddr, parsePrefix } from './ip'

describe('addresses', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'], ['2001:db8::1', '2001:db8::1'], ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'], ['::', '::'], ['::1', '::1'],
    ['fe80::', 'fe80::'], ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'], ['1:2:3:4:5:6:0:0', '1:2:3:4:5:6::'],
  ])('%s is %s', (text, want) => expect(formatAddr(parseAddr(text)!)).toBe(want))

  it.each(['', '10.0.0', '10.0.0.256', '10.0.0.1.2', 'x', '1:2', '1::2::3', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::', ':::'])(
    '%j is none', text => expect(parseAddr(text)).toBeUndefined())
})

describe('networks', () => {
  it('have their own address', () => expect(formatPrefix(parsePrefix('10.1.2.3/8')!)).toBe('10.0.0.0/8'))
  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/-1', '/8', '2001:db8::/129'])('%s is none', text => expect(parsePrefix(text)).toBeUndefined())
  it('contain their parts', () => {
    expect(contains(parsePrefix('10.0.0.0/8')!, parsePrefix('10.2.0.0/16')!)).toBe(true)
    expect(contains(parsePrefix('10.2.0.0/16')!, parsePrefix('10.0.0.0/8')!)).toBe(false)
    expect(contains(parsePrefix('0.0.0.0/0')!, parsePrefix('::/0')!)).toBe(false)
  })
  it('are as few as there can be', () => {
    const from = parseAddr('10.0.0.16')!
    const end = parseAddr('10.0.1.128')!
    expect(asPrefixes(4, from.n, end.n).map(formatPrefix)).toEqual(['10.0.0.16/28', '10.0.0.32/27', '10.0.0.64/26', '10.0.0.128/25', '10.0.1.0/25'])
    expect(asPrefixes(4, 0n, 1n << 32n).map(formatPrefix)).toEqual(['0.0.0.0/0'])
    expect(asPrefixes(6, 5n, 5n)).toEqual([])
  })
})

it('counts are read', () => {
  expect([formatCount(65536), formatCount(1n << 64n), formatCount((1n << 64n) + 5n)]).toEqual(['65,536', '2^64', '≈ 2^64'])
})
