import { describe, expect, it } from 'vitest'
import { beside, freeRuns, insertAt, loose, move, placeText, runs, spotAt, type Elevation } from './elevation'

const rack: Elevation = {
  name: 'r1', lowest: 1, highest: 8,
  devices: [
    { name: 'big', type: 'server', driver: 'd', units: [5, 6] },
    { name: 'node', type: 'server', driver: 'h', units: [3], side: 'left', width: 'half' },
    { name: 'pdu', type: 'powerstrip', driver: 'p', units: [], side: 'right' },
    { name: 'box', type: 'generic', driver: 'p', units: [] },
  ],
}

describe('a rack', () => {
  it('knows what is free', () => expect(freeRuns(rack)).toEqual([[7, 8], [4, 4], [1, 2]]))
  it('keeps what has no unit apart', () => {
    expect(beside(rack, 'right').map(d => d.name)).toEqual(['pdu'])
    expect(beside(rack, 'left')).toEqual([])
    expect(loose(rack).map(d => d.name)).toEqual(['box'])
  })
  it('has runs of units', () => expect(runs([1, 2, 4, 5, 9])).toEqual([[1, 2], [4, 5], [9, 9]]))
})

describe('a spot', () => {
  it.each([
    ['a free unit', spotAt(rack, 1, 2, undefined), { rack: 'r1', units: [1, 2], side: undefined }],
    ['a unit that is taken', spotAt(rack, 4, 2, undefined), 'Unit 5 holds big'],
    ['over itself', spotAt(rack, 6, 2, undefined, 'big'), { rack: 'r1', units: [6, 7], side: undefined }],
    ['beyond the top', spotAt(rack, 8, 2, undefined), 'r1 has no unit 9'],
    ['the free half', spotAt(rack, 3, 1, 'right'), { rack: 'r1', units: [3], side: 'right' }],
    ['the taken half', spotAt(rack, 3, 1, 'left'), 'Unit 3 holds node'],
    ['all of a unit with a half', spotAt(rack, 3, 1, undefined), 'Unit 3 holds node'],
  ])('%s', (_, got, want) => expect(got).toEqual(want))

  it('becomes operations', () => {
    expect(insertAt('a', { rack: 'r1', units: [], side: 'left' })).toEqual({ insert: { entity: 'a', container: 'r1', side: 'left' } })
    expect(move('a', 'r1', { rack: 'r2', units: [4] })).toEqual([
      { remove: { entity: 'a', container: 'r1' } },
      { insert: { entity: 'a', container: 'r2', rack_units: [4] } },
    ])
  })
  it('is said in words', () => {
    expect(rack.devices.map(placeText)).toEqual(['units 5–6', 'unit 3, left', 'at the right side', 'in no unit'])
  })
})
