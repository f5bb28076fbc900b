import { expect, test } from 'vitest'
import { localPath } from './localPath'

test.each([
  ['/things/web1?at=12#a', '/things/web1?at=12#a'],
  ['/', '/'],
  ['/things/%2F%2Fevil', '/things/%2F%2Fevil'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['/..//evil.example', '/'],
  ['https://evil.example/', '/'],
  ['javascript:alert(1)', '/'],
  ['things', '/'],
  ['', '/'],
  ['/sign-in?to=/', '/'],
  ['/api/v1/session', '/'],
  [7, '/'],
  [undefined, '/'],
])('%j', (to, want) => expect(localPath(to)).toBe(want))
