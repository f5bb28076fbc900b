import { describe, expect, it } from 'vitest'
import { fitting, layOut, parsePort, portText, stopsOf } from './path'

const end = (entity: string, port: number) => ({ entity, type: 'nic-eth', port })

describe('stopsOf', () => {
  it('passes through panels', () => {
    expect(stopsOf([{ from: end('web1', 1), to: end('panel', 3) }, { from: end('panel', 27), to: end('sw1', 9) }])).toEqual([
      { device: 'web1', out: end('web1', 1) },
      { device: 'panel', in: end('panel', 3), out: end('panel', 27) },
      { device: 'sw1', in: end('sw1', 9) },
    ])
  })
  it('has nothing for no cable', () => expect(stopsOf([])).toEqual([]))
  it('draws a loop as two ends', () => expect(stopsOf([{ from: end('sw1', 1), to: end('sw1', 2) }])).toHaveLength(2))
})

describe('ports', () => {
  it.each([['nic-eth/1', { type: 'nic-eth', port: '1' }], ['a/b/aa1', { type: 'a/b', port: 'aa1' }], ['nic-eth', undefined], ['/1', undefined], ['x/', undefined]])('%s', (text, want) =>
    expect(parsePort(text)).toEqual(want))
  it('says outlets by name', () => {
    expect(portText({ type: 'pwr-nema-5', port: 25, outlet: 'bb1' })).toBe('pwr-nema-5/bb1')
    expect(portText({ type: 'nic-eth', port: 0 })).toBe('nic-eth/?')
  })
})

describe('layOut', () => {
  const stops = Array.from({ length: 5 }, (_, i) => ({ device: `d${i}` }))
  it('goes back and forth', () => {
    const { boxes, width, height } = layOut(stops, { width: 100, height: 50, gap: 20, perLine: 2 })
    expect(boxes.map(box => [box.x, box.y])).toEqual([[0, 0], [120, 0], [120, 70], [0, 70], [0, 140]])
    expect([width, height]).toEqual([220, 190])
  })
  it('is never wider than what there is', () => {
    expect(fitting(390, 150, 90)).toBe(2)
    expect(fitting(100, 150, 90)).toBe(1)
    expect(layOut(stops, { width: 100, height: 50, gap: 20, perLine: 9 }).width).toBe(580)
  })
})
