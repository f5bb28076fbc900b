import { describe, expect, it } from 'vitest'
import { partQuery, pasted, quoted, words, type Overlaps } from './sets'
import { lens, under, venn } from './venn'

describe('names in a pasted text', () => {
  it('are one a line, or with commas', () => expect(pasted(' web1\nweb2, web3\r\n\nweb1;a b')).toEqual(['web1', 'web2', 'web3', 'a b']))
  it('may be words', () => expect(words(['a b', 'c', 'b\td'])).toEqual(['a', 'b', 'd']))
})

it('a part is a query', () => {
  expect(quoted('a "b" \\')).toBe('"a \\"b\\" \\\\"')
  expect(partQuery(['a', 'b', 'c'], ['b', 'c'])).toBe('pool = "b" and pool = "c" and not pool = "a"')
})

function overlaps(sizes: Record<string, number>, parts: [string, number][]): Overlaps {
  return {
    pools: Object.entries(sizes).map(([name, entities]) => ({ name, entities })),
    parts: parts.map(([pools, entities]) => ({ pools: [...pools], entities })),
    total: parts.reduce((sum, part) => sum + part[1], 0), version: 1,
  }
}

describe('the picture of two pools', () => {
  it('has areas as their numbers', () => {
    const { circles: [a, b], spots } = venn(overlaps({ a: 100, b: 50 }, [['a', 80], ['ab', 20], ['b', 30]]))
    const d = Math.hypot(a!.x - b!.x, a!.y - b!.y)
    expect(lens(a!.r, b!.r, d) / (Math.PI * a!.r ** 2)).toBeCloseTo(0.2, 3)
    expect((b!.r / a!.r) ** 2).toBeCloseTo(0.5, 5)
    for (const spot of spots) expect(under([a!, b!], spot.x, spot.y)).toEqual(spot.part)
    expect(spots).toHaveLength(3)
  })
  it('keeps those apart that have nothing in common, and one in the other', () => {
    const apart = venn(overlaps({ a: 10, b: 10 }, [['a', 10], ['b', 10]])).circles
    expect(apart[1]!.x).toBeGreaterThan(apart[0]!.r + apart[1]!.r)
    const inside = venn(overlaps({ a: 100, b: 10 }, [['a', 90], ['ab', 10]])).circles
    expect(inside[1]!.x + inside[1]!.r).toBeLessThan(inside[0]!.r)
  })
})

it('the picture of three pools has a place for each part that can be seen', () => {
  const found = venn(overlaps({ a: 50, b: 50, c: 50 }, [['a', 20], ['b', 20], ['c', 20], ['ab', 10], ['ac', 10], ['bc', 10], ['abc', 10]]))
  expect(found.spots).toHaveLength(7)
  for (const spot of found.spots) expect(under(found.circles, spot.x, spot.y)).toEqual(spot.part)
  expect(venn(overlaps({ a: 0, b: 0, c: 0 }, [])).spots).toEqual([])
})
