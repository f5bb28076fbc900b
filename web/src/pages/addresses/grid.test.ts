import { describe, expect, it } from 'vitest'
import { at, chunks, cut, moved, runsOf, way } from './grid'
import { formatPrefix, parsePrefix } from './ip'

const net = parsePrefix('10.0.0.0/28')!
const runs = runsOf(net, [
  { first: '10.0.0.0', state: 'network' },
  { first: '10.0.0.1', last: '10.0.0.6', state: 'free' },
  { first: '10.0.0.7', state: 'used', entities: ['web1'] },
  { first: '10.0.0.8', last: '10.0.0.15', state: 'nested', manager: 'inner' },
])

describe('the map', () => {
  it('cuts what is in a line', () => {
    expect(cut(runs, 4, 9).map(run => [run.from, run.to, run.piece.state])).toEqual([[4, 6, 'free'], [7, 7, 'used'], [8, 9, 'nested']])
    expect(cut(runs, 20, 30)).toEqual([])
  })
  it('knows what is at a place', () => {
    expect([0, 1, 6, 7, 15, 16].map(place => at(runs, place)?.state)).toEqual(['network', 'free', 'free', 'used', 'nested', undefined])
  })
  it('is asked for in parts', () => {
    expect(chunks(parsePrefix('10.0.0.0/18')!).map(formatPrefix)).toEqual(['10.0.0.0/20', '10.0.16.0/20', '10.0.32.0/20', '10.0.48.0/20'])
    expect(chunks(net)).toEqual([net])
    expect(chunks(parsePrefix('2001:db8::/112')!)).toHaveLength(16)
  })
  it('is gone through by keys', () => {
    expect(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'x'].map(key => moved(key, 0, 4, 16))).toEqual([0, 1, 0, 4, 0, 15, undefined])
  })
  it('is entered step by step', () => {
    expect(way(parsePrefix('10.0.0.0/8')!, parsePrefix('10.2.4.0/24')!).map(formatPrefix)).toEqual(['10.0.0.0/8', '10.2.0.0/16', '10.2.4.0/24'])
    expect(way(net, net)).toEqual([net])
  })
})
