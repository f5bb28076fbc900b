import { describe, expect, it } from 'vitest'
import { checkNetwork, networkOperations, type NetworkForm } from './network'
import type { Manager } from './tree'

const managers: Manager[] = [
  { name: 'all', driver: 'ipmanager', network: { prefix: '10.0.0.0/8' } },
  { name: 'office', driver: 'ipmanager', network: { prefix: '10.2.0.0/24', gateway: '10.2.0.1' }, policy: 'lowest' },
]

function form(fields: Partial<NetworkForm>): NetworkForm {
  return { name: 'new', prefix: '10.3.0.0/24', gateway: '', policy: 'next', ...fields }
}

describe('the form of a network', () => {
  it.each<[Partial<NetworkForm>, string[], number]>([
    [{}, [], 1],
    [{ prefix: '192.0.2.0/24' }, [], 0],
    [{ prefix: '10.3.0.5/24' }, [], 2],
    [{ prefix: '10.2.0.0/16' }, [], 2],
    [{ prefix: '10.2.0.0/24' }, ['prefix'], 1],
    [{ prefix: '10.2.0.0' }, ['prefix'], 0],
    [{ name: 'office' }, ['name'], 1],
    [{ name: ' ' }, ['name'], 1],
    [{ gateway: '10.3.0.1' }, [], 1],
    [{ gateway: '10.4.0.1' }, [], 2],
    [{ gateway: '::1' }, ['gateway'], 1],
    [{ gateway: 'x' }, ['gateway'], 1],
  ])('%j', (fields, errors, warnings) => {
    const checked = checkNetwork(form(fields), managers)
    expect([Object.keys(checked.errors), checked.warnings.length]).toEqual([errors, warnings])
  })

  it('becomes operations', () => {
    const made = checkNetwork(form({ gateway: '10.3.0.1' }), managers)
    expect(networkOperations(form({ gateway: '10.3.0.1' }), made.prefix!)).toEqual([
      { create: { name: 'new', driver: 'ipmanager', properties: { baseip: '10.3.0.0', netmask: '24', gateway: '10.3.0.1' } } },
    ])
    const office = managers[1]!
    const changed = form({ name: 'hall', prefix: '10.2.0.0/23' })
    expect(networkOperations(changed, checkNetwork(changed, managers, office).prefix!, office)).toEqual([
      { set_attrs: { entity: 'office', attrs: [{ key: 'baseip', subkey: 'property', value: '10.2.0.0' }, { key: 'netmask', subkey: 'property', value: '23' }] } },
      { delete_attrs: { entity: 'office', key: 'gateway', subkey: 'property' } },
      { delete_attrs: { entity: 'office', key: 'policy', subkey: 'property' } },
      { rename: { entity: 'office', name: 'hall' } },
    ])
    const same = form({ name: 'office', prefix: '10.2.0.0/24', gateway: '10.2.0.1', policy: 'lowest' })
    expect(networkOperations(same, checkNetwork(same, managers, office).prefix!, office)).toEqual([])
  })
})
