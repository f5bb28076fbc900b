import { expect, test } from 'vitest'
import { known, rootSearch } from './known'

const read = known(({ q }): { q?: string } => (typeof q === 'string' ? { q } : {}))

test.each([
  [{ q: 'web1' }, { q: 'web1' }],
  [{ q: [] }, { q: undefined }],
  [{ q: {}, other: 1 }, { q: undefined, other: undefined }],
  [{ at: '12', q: 'web1' }, { q: 'web1' }],
  [{}, {}],
])('%j', (raw, want) => expect({ ...raw, ...read(raw) }).toStrictEqual({ ...('at' in raw ? { at: raw.at } : {}), ...want }))

test.each([
  [{ at: 12 }, { at: '12' }],
  [{ at: 'yesterday' }, { at: 'yesterday' }],
  [{ at: {} }, { at: undefined }],
  [{ at: ' ' }, { at: undefined }],
  [{ at: null }, { at: undefined }],
  [{ q: 1 }, {}],
])('version of %j', (raw, want) => expect(rootSearch(raw)).toStrictEqual(want))
