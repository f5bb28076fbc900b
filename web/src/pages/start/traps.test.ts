import { expect, test } from 'vitest'
import { withOutcome, type TrapOutcome } from './traps'

const dropped = (port: number, count: number): TrapOutcome => ({ at: `2026-11-22T10:00:${count}Z`, outcome: 'dropped', reason: 'unknown switch', source: '10.0.0.1', port, count })
const created: TrapOutcome = { at: '2026-11-22T10:00:00Z', outcome: 'created', source: '10.0.0.2', entity: 's1', mac: '02:00:00:00:00:01' }

test('what is dropped again replaces what was dropped before', () => {
  const outcomes = withOutcome([dropped(1, 10), created, dropped(2, 11)], dropped(2, 12))
  expect(outcomes.map(o => `${o.outcome} ${o.port ?? ''} ${o.count ?? ''}`)).toEqual(['dropped 2 12', 'dropped 1 10', 'created  '])
})

test('what changes nothing is not shown', () => {
  expect(withOutcome([created], { ...created, outcome: 'unchanged' })).toEqual([created])
})
