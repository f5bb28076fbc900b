import { describe, expect, it } from 'vitest'
import { expandable, filterTree, networkTree, type Manager, type Node } from './tree'
import { formatPrefix } from './ip'

function managers(...prefixes: string[]): Manager[] {
  return prefixes.map((prefix, i) => ({ name: `${prefix} ${i}`, driver: 'ipmanager', network: { prefix } }))
}

function shown(nodes: readonly Node[], depth = 0): string[] {
  return nodes.flatMap(node => [`${'  '.repeat(depth)}${formatPrefix(node.prefix)}${node.manager ? '' : ' free'}${node.doubled ? ' twice' : ''}`, ...shown(node.children, depth + 1)])
}

describe('the tree of networks', () => {
  it('nests them, with what is free between', () => {
    const { roots } = networkTree(managers('10.2.128.0/17', '10.2.0.0/16', '10.2.0.0/18', '2001:db8::/64', '10.2.0.0/24'))
    expect(shown(roots)).toEqual([
      '10.2.0.0/16', '  10.2.0.0/18', '    10.2.0.0/24', '    10.2.1.0/24 free', '    10.2.2.0/23 free', '    10.2.4.0/22 free', '    10.2.8.0/21 free',
      '    10.2.16.0/20 free', '    10.2.32.0/19 free', '  10.2.64.0/18 free', '  10.2.128.0/17', '2001:db8::/64',
    ])
    expect(expandable(roots)).toHaveLength(2)
    expect(expandable(roots, 1)).toHaveLength(1)
  })

  it('has a network twice that two managers have', () => {
    expect(shown(networkTree(managers('10.0.0.0/8', '10.0.0.0/8')).roots)).toEqual(['10.0.0.0/8 twice', '10.0.0.0/8 twice'])
  })

  it('leaves those without a network to others', () => {
    const { roots, others } = networkTree([{ name: 'vlans', driver: 'simplenummanager' }, ...managers('10.0.0.0/8')])
    expect([roots.length, others.map(other => other.name)]).toEqual([1, ['vlans']])
  })

  it('is filtered by name, by the beginning of a network, by an address', () => {
    const { roots } = networkTree(managers('10.2.0.0/16', '10.2.4.0/24', '192.0.2.0/24'))
    expect(shown(filterTree(roots, '192.')).length).toBe(1)
    expect(shown(filterTree(roots, '10.2.4.7'))).toEqual(['10.2.0.0/16', '  10.2.4.0/24'])
    expect(shown(filterTree(roots, 'nothing'))).toEqual([])
  })

  it('is quick', () => {
    const many = managers(...Array.from({ length: 5000 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`), ...Array.from({ length: 20 }, (_, i) => `10.${i}.0.0/16`))
    const begin = performance.now()
    expect(networkTree(many).roots).toHaveLength(20)
    expect(performance.now() - begin).toBeLessThan(500)
  })
})
