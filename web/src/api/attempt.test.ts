import { expect, test } from 'vitest'
import { Attempts } from './attempt'

function counted(): Attempts {
  let n = 0
  return new Attempts(() => `key ${++n}`)
}

test('what is sent again has the key of the first time', () => {
  const attempts = counted()
  expect(attempts.keyOf({ delete: 'web1' })).toBe('key 1')
  expect(attempts.keyOf({ delete: 'web1' })).toBe('key 1')
})

test('another request has another key', () => {
  const attempts = counted()
  attempts.keyOf({ delete: 'web1' })
  expect(attempts.keyOf({ delete: 'web2' })).toBe('key 2')
  expect(attempts.keyOf({ delete: 'web1' })).toBe('key 3')
})

test('what was answered is new the next time', () => {
  const attempts = counted()
  attempts.keyOf({ delete: 'web1' })
  attempts.done()
  expect(attempts.keyOf({ delete: 'web1' })).toBe('key 2')
})
