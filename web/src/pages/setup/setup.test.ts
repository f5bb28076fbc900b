import { expect, test } from 'vitest'
import { addressOf, gatewayError, prefixOf, reservedError, type Prefix } from './network'
import { after, nextStep, stepOf } from './steps'

test('a network is read', () => {
  expect(prefixOf(' 192.168.20.0/22 ')).toEqual({ base: '192.168.20.0', netmask: '255.255.252.0', bits: 22, first: 3232240641, last: 3232241662 })
  expect(prefixOf('10.0.0.0/8')).toMatchObject({ netmask: '255.0.0.0' })
  expect(addressOf(3232240641)).toBe('192.168.20.1')
})

test.each([
  ['', 'is not an IPv4 address'], ['192.168.20.0', 'how large'], ['192.168.20.0/', 'how large'], ['192.168.20.0/31', 'not one for servers'],
  ['192.168.21.7/22', 'it begins at 192.168.20.0'], ['300.1.1.1/24', 'is not an IPv4 address'], ['10.0.0.0/8/9', 'how large'],
])('%s is no network', (text, want) => expect(prefixOf(text)).toContain(want))

test('a gateway is in its network', () => {
  const prefix = prefixOf('10.0.0.0/24') as Prefix
  expect(gatewayError('10.0.0.254', prefix)).toBeUndefined()
  expect(gatewayError('', prefix)).toBeUndefined()
  expect(gatewayError('10.0.0.255', prefix)).toContain('10.0.0.1 to 10.0.0.254')
  expect(gatewayError('10.0.1.1', prefix)).toContain('is not one of the network')
  expect(gatewayError('router', prefix)).toContain('is not an IPv4 address')
  expect(reservedError('20', prefix)).toBeUndefined()
  expect(reservedError('254', prefix)).toContain('0 to 253')
  expect(reservedError('-1', prefix)).toBeDefined()
})

test('the guide goes on where something is to be done', () => {
  const there = { datacenters: 1, networks: 1, names: false, racks: 1, switches: 0, dhcp: false }
  expect(nextStep(there)).toBe('names')
  expect(nextStep({ ...there, names: true })).toBe('switch')
  expect(nextStep({ ...there, names: true, switches: 1, dhcp: true })).toBeUndefined()
  expect(after('rack')).toBe('switch')
  expect(after('relay')).toBeUndefined()
  expect(stepOf('rack')).toBe('rack')
  expect(stepOf('x')).toBeUndefined()
})
