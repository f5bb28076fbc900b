import { describe, expect, it } from 'vitest'
import { groupsOf, isKept, rowKeys, shownGroups, withEdited, type Attr } from './provenance'

const attr = (from: string, key: string, value: unknown, rest: Partial<Attr> = {}): Attr => ({ key, type: typeof value === 'number' ? 'int' : 'string', value, from, ...rest })

describe('groupsOf', () => {
  it('puts what is overridden with what overrides it', () => {
    const groups = groupsOf([
      attr('pxeboot', 'dhcp', 1, { subkey: 'enabled' }),
      attr('r1', 'dhcp', 0, { subkey: 'enabled' }),
      attr('r1', 'dhcp', 'x', { subkey: 'file' }),
      attr('dc', 'dhcp', 2, { subkey: 'enabled' }),
      attr('web1', 'owner', 'ann'),
      attr('dc', 'owner', 'infra'),
    ], 'web1')
    expect(groups.map(group => group.rows.map(row => [row.own, row.attr.from, row.attr.value, row.overrides.map(other => other.from)]))).toEqual([
      [[false, 'pxeboot', 1, ['r1', 'dc']], [false, 'r1', 'x', []]],
      [[true, 'web1', 'ann', ['dc']]],
    ])
  })

  it('keeps several of one name and one owner apart', () => {
    const [group] = groupsOf([attr('web1', 'alias', 'a'), attr('web1', 'alias', 'b'), attr('dc', 'alias', 'c')], 'web1')
    expect(group!.rows.map(row => row.attr.value)).toEqual(['a', 'b'])
    expect(group!.rows[0]!.overrides.map(other => other.value)).toEqual(['c'])
  })

  it('does not take a number for another', () => {
    const [group] = groupsOf([attr('web1', 'disk', 1, { number: 1 }), attr('dc', 'disk', 2, { number: 0 })], 'web1')
    expect(group!.rows.map(row => [row.attr.number, row.own])).toEqual([[0, false], [1, true]])
  })
})

describe('shownGroups', () => {
  const groups = groupsOf([
    attr('r1', '_contains', 'web1', { type: 'relation' }),
    attr('web1', 'ip', 5, { number: 1 }),
    attr('web1', 'ip', 'net', { number: 1, subkey: 'manager', type: 'relation' }),
    attr('r1', 'maxu', 45, { subkey: 'property' }),
    attr('web1', 'owner', 'Ann'),
    attr('web1', 'port-nic-eth', 'aa:bb', { number: 1, subkey: 'mac' }),
  ], 'web1')

  it.each([
    [undefined, '', ['owner']],
    ['kept', '', ['ip', 'maxu', 'owner', 'port-nic-eth']],
    ['all', '', ['_contains', 'ip', 'maxu', 'owner', 'port-nic-eth']],
    [undefined, 'ANN', ['owner']],
    ['kept', 'AA:', ['port-nic-eth']],
    ['all', 'r1', ['_contains', 'maxu']],
    [undefined, 'nothing', []],
  ] as const)('more %s, filter %s', (more, text, keys) => {
    expect(shownGroups(groups, more, text).map(group => group.key)).toEqual(keys)
  })

  it('does not hide a number that no manager gave', () => {
    const [group] = groupsOf([attr('web1', 'disk', 'sda', { number: 1 })], 'web1')
    expect(isKept(group!.rows[0]!, group!)).toBe(false)
  })
})

describe('withEdited', () => {
  const groups = groupsOf([attr('web1', 'b', 1, { subkey: 'x' }), attr('web1', 'b', 1, { subkey: 'z' })], 'web1')
  const names = (edited: Attr | undefined) => withEdited(groups, edited, true).map(group => [group.key, ...rowKeys(group)])
  it('keeps what is there', () => {
    expect(names(undefined)).toEqual([['b', 'b.x 0', 'b.z 0']])
    expect(names(attr('web1', 'b', 7, { subkey: 'z' }))).toEqual([['b', 'b.x 0', 'b.z 0']])
  })
  it('brings back what was deleted while it was edited', () => {
    expect(names(attr('web1', 'b', 7, { subkey: 'y' }))).toEqual([['b', 'b.x 0', 'b.y 0', 'b.z 0']])
    expect(names(attr('web1', 'a', 7))).toEqual([['a', 'a 0'], ['b', 'b.x 0', 'b.z 0']])
  })
})
