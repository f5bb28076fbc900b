import { useRead } from '@/api/read'
import type { Schemas } from '@/api/client'

type Tree = Schemas['Tree']

/** A step on the way to a thing. */
export interface Step {
  name: string
  type: string
}

// A thing may be in many containers: where it stands comes before what it belongs to.
const order = ['rack', 'datacenter']

function rank(type: string): number {
  if (type === 'pool') return order.length + 1
  const at = order.indexOf(type)
  return at < 0 ? order.length : at
}

/** Returns the way to a thing from the outermost container in which it stands, the thing itself last. */
export function chainOf(tree: Tree): Step[] {
  const chain: Step[] = []
  for (let at: Tree | undefined = tree; at; at = (at.nodes ?? []).filter(node => !node.again).toSorted((a, b) => rank(a.type) - rank(b.type))[0]) {
    chain.unshift({ name: at.name, type: at.type })
  }
  return chain
}

/** Returns the way to the thing of a name, as of the version that is shown; empty until it is known. */
export function useChain(name: string | undefined): Step[] {
  const tree = useRead('/entities/{name}/tree', { path: { name: name ?? '' }, query: { up: true } }, { enabled: name !== undefined })
  return name !== undefined && tree.data ? chainOf(tree.data) : []
}
