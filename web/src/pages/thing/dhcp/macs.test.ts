import { expect, it } from 'vitest'
import { macsOf } from './macs'

it('has each address once, those of ports first', () => {
  expect(macsOf([
    { key: 'bootstrap', subkey: 'mac', type: 'string', value: 'bb' },
    { key: 'bootstrap', subkey: 'mac', type: 'string', value: 'aa' },
    { key: 'port-nic-eth', number: 1, subkey: 'mac', type: 'string', value: 'aa' },
    { key: 'port-nic-eth', number: 2, subkey: 'vlan', type: 'int', value: 7 },
    { key: 'system', subkey: 'mac', type: 'string', value: '' },
  ])).toEqual([{ mac: 'aa', from: 'bootstrap, nic-eth/1' }, { mac: 'bb', from: 'bootstrap' }])
})
