import { describe, expect, it } from 'vitest'
import { endOf, summary } from './summary'

const entry = (rest: object) => ({ version: 7, user: 'ann', description: '', ...rest })

describe('summary', () => {
  it.each([
    [{ made: ['web1'] }, 'made it'],
    [{ changed: ['web1', 'sw1'] }, 'changed it and 1 other thing'],
    [{ deleted: ['web1'], changed: ['a', 'b'] }, 'deleted it and 2 other things'],
    [{ renamed: [{ from: 'web0', to: 'web1' }] }, 'renamed it from web0 to web1'],
    [{ changed: ['rack1'] }, '1 thing that refers to it'],
  ])('%o', (rest, want) => expect(summary(entry(rest), 'web1')).toBe(want))
})

describe('endOf', () => {
  it('finds the last end', () => {
    const log = [entry({ changed: ['rack1'] }), entry({ version: 6, deleted: ['web1'] }), entry({ version: 2, renamed: [{ from: 'web1', to: 'x' }] })]
    expect(endOf(log, 'web1')).toMatchObject({ how: 'deleted', entry: { version: 6 } })
    expect(endOf(log.slice(2), 'web1')).toMatchObject({ how: 'renamed', to: 'x' })
    expect(endOf(log, 'web2')).toBeUndefined()
  })
})
