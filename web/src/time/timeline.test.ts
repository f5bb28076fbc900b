import { expect, test } from 'vitest'
import { heightOf, placeOf, versionOf } from './timeline'

const buckets = [0, 3, 3, 7].map((last, i) => ({ start: `${i}`, end: `${i + 1}`, count: 1, last }))

test('a version is in the first part that shows it', () => {
  expect([1, 3, 4, 7, 9].map(version => placeOf(buckets, version))).toEqual([1, 1, 3, 3, 3])
  expect(placeOf(buckets, undefined)).toBe(4)
})

test('a part shows its last version', () => {
  expect([-1, 0, 1, 2, 3, 4, 5].map(place => versionOf(buckets, place))).toEqual([null, null, 3, 3, 7, undefined, undefined])
})

test('one change is seen beside a million', () => {
  expect(heightOf(0, 1e6)).toBe(0)
  expect(heightOf(1, 1e6)).toBeGreaterThan(0.05)
  expect(heightOf(1e6, 1e6)).toBe(1)
})
