import type { Schemas } from '@/api/client'

export type Topology = Schemas['Topology']
export type TopologyNode = Schemas['TopologyNode']
export type Cable = Schemas['TopologyCable']

/** Things and the cables between them, as several answers together tell. */
export interface Graph {
  nodes: TopologyNode[]
  cables: Cable[]
}

/**
 * Puts answers about neighbours of things that the first answer has into it. Things are one and
 * the same by their names; those that come in are as far away as the way over the thing asked for.
 */
export function merge(first: Topology, ...more: Topology[]): Graph {
  const nodes = first.nodes.map(node => ({ ...node }))
  const at = new Map(nodes.map((node, i) => [node.name, i]))
  const cables = [...first.cables]
  const known = new Set(cables.map(cable => cableKey(nodes, cable)))
  for (const answer of more) {
    const root = answer.nodes[0]
    const base = root && nodes[at.get(root.name) ?? -1]?.distance
    if (!root || base === undefined) continue
    const places = answer.nodes.map(node => {
      const place = at.get(node.name)
      if (place === undefined) {
        at.set(node.name, nodes.length)
        nodes.push({ ...node, distance: base + node.distance })
        return nodes.length - 1
      }
      nodes[place]!.beyond = Math.min(nodes[place]!.beyond, node.beyond)
      return place
    })
    for (const cable of answer.cables) {
      const moved = { ...cable, from: { ...cable.from, node: places[cable.from.node]! }, to: { ...cable.to, node: places[cable.to.node]! } }
      const key = cableKey(nodes, moved)
      if (known.has(key)) continue
      known.add(key)
      cables.push(moved)
    }
  }
  return { nodes, cables }
}

function cableKey(nodes: readonly TopologyNode[], cable: Cable): string {
  const end = (side: Cable['from']) => `${nodes[side.node]!.name} ${side.type} ${side.port}`
  return [end(cable.from), end(cable.to)].sort().join(' – ')
}

/** Returns for each node the nodes that a cable connects it to, each once, in order. */
export function neighbours(graph: Graph): number[][] {
  const sets = graph.nodes.map(() => new Set<number>())
  for (const { from, to } of graph.cables) {
    if (from.node === to.node) continue
    sets[from.node]!.add(to.node)
    sets[to.node]!.add(from.node)
  }
  return sets.map(set => [...set].sort((a, b) => a - b))
}

/** Returns the cables at a node. */
export function cablesAt(graph: Graph, node: number): Cable[] {
  return graph.cables.filter(cable => cable.from.node === node || cable.to.node === node)
}

/** Returns what people call a kind of port: network, power or console; else its type. */
export function portKind(type: string): string {
  if (type.startsWith('nic-')) return 'network'
  if (type.startsWith('pwr-')) return 'power'
  return type.startsWith('console-') ? 'console' : type
}

/** Returns how a port is written: "nic-eth 12". */
export function portText(end: Cable['from']): string {
  return `${end.type} ${end.outlet || (end.port === 0 ? '?' : end.port)}`
}
