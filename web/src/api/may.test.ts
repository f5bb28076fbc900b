import { expect, test } from 'vitest'
import { looksOnly } from './may'

test.each([
  [{ accounts: true, grants: [] }, true],
  [{ accounts: true, grants: ['read in sv3', 'secret attr/*'] }, true],
  [{ accounts: true, grants: ['read', 'write attr/note'] }, false],
  [{ accounts: true, grants: ['admin'] }, false],
  [{ accounts: true, grants: ['act power in sv3'] }, false],
  [{ accounts: true, grants: ['allocate'] }, false],
  [{ accounts: false, grants: [] }, false],
  [undefined, false],
])('%j', (session, want) => expect(looksOnly(session)).toBe(want))
