import type { Schemas } from '@/api/client'
import { asPrefixes, comparePrefixes, contains, formatPrefix, parsePrefix, size, type Prefix } from './ip'

export type Manager = Schemas['Manager']

/** A network in the tree of networks, or a part of one that no network inside it has. */
export interface Node {
  id: string
  prefix: Prefix
  /** Undefined for a part that is free. */
  manager?: Manager
  /** The network that it is a part of. */
  parent?: Node
  children: Node[]
  /** Another manager has the same network. */
  doubled?: boolean
}

/** Returns managers with networks as trees, each network under the smallest that it is a part of, and those without. */
export function networkTree(managers: readonly Manager[]): { roots: Node[]; others: Manager[] } {
  const nodes: Node[] = []
  const others: Manager[] = []
  for (const manager of managers) {
    const prefix = manager.network && parsePrefix(manager.network.prefix)
    if (prefix) nodes.push({ id: manager.name, prefix, manager, children: [] })
    else others.push(manager)
  }
  nodes.sort((a, b) => comparePrefixes(a.prefix, b.prefix))
  const roots: Node[] = []
  const above: Node[] = []
  for (const node of nodes) {
    while (above.length > 0 && !within(above.at(-1)!, node)) above.pop()
    const parent = above.at(-1)
    const siblings = parent ? parent.children : roots
    const before = siblings.at(-1)
    if (parent) node.parent = parent
    if (before && comparePrefixes(before.prefix, node.prefix) === 0) before.doubled = node.doubled = true
    siblings.push(node)
    above.push(node)
  }
  for (const node of nodes) if (node.children.length > 0) node.children = withGaps(node)
  return { roots, others }
}

/** A network that two managers have stands twice beside itself, never in itself. */
function within(outer: Node, inner: Node): boolean {
  return outer.prefix.bits < inner.prefix.bits && contains(outer.prefix, inner.prefix)
}

/** Returns the networks in a network and between them, as few as there can be, the parts that none of them has. */
function withGaps(node: Node): Node[] {
  const all: Node[] = []
  const { family } = node.prefix
  const gap = (first: bigint, end: bigint) => {
    for (const prefix of asPrefixes(family, first, end)) {
      all.push({ id: `free ${formatPrefix(prefix)} of ${node.id}`, prefix, parent: node, children: [] })
    }
  }
  let next = node.prefix.n
  for (const child of node.children) {
    if (child.prefix.n > next) gap(next, child.prefix.n)
    all.push(child)
    const end = child.prefix.n + size(child.prefix)
    if (end > next) next = end
  }
  gap(next, node.prefix.n + size(node.prefix))
  return all
}

/** Returns the trees with those nodes only that meet a filter, what they are in, and all that is in them. */
export function filterTree(roots: readonly Node[], filter: string): Node[] {
  const wanted = filter.trim().toLowerCase()
  if (!wanted) return [...roots]
  const address = parsePrefix(wanted.includes('/') ? wanted : `${wanted}/${wanted.includes(':') ? 128 : 32}`)
  const meets = (node: Node): boolean =>
    Boolean(node.manager?.name.toLowerCase().includes(wanted)) ||
    (node.manager !== undefined && formatPrefix(node.prefix).startsWith(wanted)) ||
    (address !== undefined && contains(node.prefix, address) && !node.children.some(child => contains(child.prefix, address)))
  const sift = (nodes: readonly Node[]): Node[] =>
    nodes.flatMap(node => {
      if (meets(node)) return [node]
      const children = sift(node.children)
      return children.length > 0 ? [{ ...node, children }] : []
    })
  return sift(roots)
}

/** Returns the ids of all nodes that have others in them, down to a depth. */
export function expandable(roots: readonly Node[], depth = Infinity): string[] {
  if (depth <= 0) return []
  return roots.flatMap(node => (node.children.length > 0 ? [node.id, ...expandable(node.children, depth - 1)] : []))
}

/** Returns which part of a manager cannot be handed out any more, from 0 to 1. */
export function taken(usage: Schemas['Usage'] | undefined): number {
  return usage && usage.size > 0 ? 1 - usage.free / usage.size : 0
}
