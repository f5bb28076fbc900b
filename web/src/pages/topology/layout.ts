import { neighbours, type Graph } from './graph'

/** What decides how far down a thing stands: how many cables it is away, or what it is for. */
export type Order = 'hops' | 'tiers'

export interface Box {
  x: number
  y: number
  width: number
  height: number
}

/** Things below another that lead nowhere else, in rows under it. */
export interface Fan extends Box {
  parent: number
  members: number[]
}

export interface Layout {
  /** A box for each node, in the order of the nodes. */
  boxes: Box[]
  fans: Fan[]
  /** The node above each, -1 for those at the top. */
  parents: number[]
  width: number
  height: number
}

const box = { width: 136, height: 30 }
const gap = { x: 18, y: 64, fan: 6, tree: 40 }
const padding = 8

/**
 * Places a graph in layers, as networks are built: what leads on stands between what is above it and
 * what is below it, and what leads nowhere else stands in a fan under it. It takes a time that
 * grows as the graph does, and the same graph has always the same places.
 */
export function place(graph: Graph, order: Order = 'hops'): Layout {
  const near = neighbours(graph)
  const level = order === 'hops' ? graph.nodes.map(node => node.distance) : tiers(graph, near)
  const parents = parentsOf(graph, near, level)
  const below: number[][] = graph.nodes.map(() => [])
  const roots: number[] = []
  for (const [i, parent] of parents.entries()) (parent < 0 ? roots : below[parent]!).push(i)
  const tree = new Tree(below, level)
  const { tops, height } = tree.measure(roots)
  const boxes: Box[] = graph.nodes.map(() => ({ x: 0, y: 0, ...box }))
  const fans: Fan[] = []
  let x = 0
  for (const root of roots) {
    tree.put(root, x, tops, boxes, fans)
    x += tree.widths[root]! + gap.tree
  }
  return { boxes, fans, parents, width: Math.max(0, x - gap.tree), height }
}

/** Sizes and places of nodes with what is below them. */
class Tree {
  readonly widths: number[]
  private readonly inner: number[][]
  private readonly leaves: number[][]
  private readonly sequence: number[] = []

  constructor(below: readonly number[][], private readonly level: readonly number[]) {
    this.inner = below.map(all => all.filter(i => below[i]!.length > 0))
    this.leaves = below.map(all => all.filter(i => below[i]!.length === 0))
    this.widths = below.map(() => 0)
  }

  /** Computes the widths of all, and where each layer begins. */
  measure(roots: readonly number[]): { tops: number[]; height: number } {
    const open = [...roots]
    while (open.length > 0) {
      const i = open.pop()!
      this.sequence.push(i)
      open.push(...this.inner[i]!)
    }
    for (const i of this.sequence.toReversed()) { // what is below comes first
      const parts = this.inner[i]!.map(j => this.widths[j]!)
      if (this.leaves[i]!.length > 0) parts.push(fanSize(this.leaves[i]!.length).width)
      this.widths[i] = Math.max(box.width, parts.reduce((sum, width) => sum + width + gap.x, -gap.x))
    }
    const heights: number[] = []
    const need = (at: number, height: number) => {
      heights[at] = Math.max(heights[at] ?? 0, height)
    }
    for (const i of this.sequence) {
      need(this.level[i]!, box.height)
      for (const [at, leaves] of this.byLevel(this.leaves[i]!)) need(at, fanSize(leaves.length).height)
    }
    const tops: number[] = []
    let y = 0
    for (let at = 0; at < heights.length; at++) {
      const high = heights[at]
      tops[at] = y
      if (high) y += high + gap.y
    }
    return { tops, height: Math.max(box.height, y - gap.y) }
  }

  private byLevel(nodes: readonly number[]): Map<number, number[]> {
    const levels = new Map<number, number[]>()
    for (const i of nodes) {
      const same = levels.get(this.level[i]!)
      if (same) same.push(i)
      else levels.set(this.level[i]!, [i])
    }
    return levels
  }

  /** Places a node, and what is below it, from x on. */
  put(root: number, left: number, tops: readonly number[], boxes: Box[], fans: Fan[]): void {
    const open: [number, number][] = [[root, left]]
    while (open.length > 0) {
      const [i, from] = open.pop()!
      boxes[i] = { ...box, x: from + (this.widths[i]! - box.width) / 2, y: tops[this.level[i]!]! }
      let x = from
      for (const j of this.inner[i]!) {
        open.push([j, x])
        x += this.widths[j]! + gap.x
      }
      for (const [at, members] of this.byLevel(this.leaves[i]!)) this.fan(i, members, x, tops[at]!, from, boxes, fans)
    }
  }

  private fan(parent: number, members: number[], left: number, y: number, from: number, boxes: Box[], fans: Fan[]): void {
    const size = fanSize(members.length)
    const alone = this.inner[parent]!.length === 0
    const x = alone ? from + (this.widths[parent]! - size.width) / 2 : left
    fans.push({ parent, members, x, y, width: size.width, height: size.height })
    for (const [n, i] of members.entries()) {
      boxes[i] = {
        ...box,
        x: x + padding + (n % size.columns) * (box.width + gap.fan),
        y: y + padding + Math.floor(n / size.columns) * (box.height + gap.fan),
      }
    }
  }
}

/** Returns the size of a fan of n boxes: about twice as high as wide, as a rack is. */
export function fanSize(n: number): { columns: number; width: number; height: number } {
  const columns = Math.max(1, Math.ceil(Math.sqrt(n / 6)))
  const rows = Math.ceil(n / columns)
  return {
    columns,
    width: columns * (box.width + gap.fan) - gap.fan + 2 * padding,
    height: rows * (box.height + gap.fan) - gap.fan + 2 * padding,
  }
}

/** Returns the node above each: of its neighbours in the nearest layer above it the first switch, or the first. */
function parentsOf(graph: Graph, near: readonly number[][], level: readonly number[]): number[] {
  const rank = (i: number) => 2 * level[i]! + (graph.nodes[i]!.type === 'networkswitch' ? 1 : 0)
  return near.map((all, i) => {
    let best = -1
    for (const j of all) {
      if (level[j]! < level[i]! && (best < 0 || rank(j) > rank(best))) best = j
    }
    return best
  })
}

/**
 * Returns what things are for: switches that connect only switches (0), switches that things are
 * connected to (1), those things (2), and what gives them power and consoles (3).
 */
export function tiers(graph: Graph, near = neighbours(graph)): number[] {
  const isSwitch = (i: number) => graph.nodes[i]!.type === 'networkswitch'
  return graph.nodes.map(({ type }, i) => {
    if (isSwitch(i)) return near[i]!.some(j => !isSwitch(j) && !serves(graph.nodes[j]!.type)) ? 1 : 0
    return serves(type) ? 3 : 2
  })
}

function serves(type: string): boolean {
  return type === 'powerstrip' || type === 'consoleserver'
}

/** Returns the node whose box has a point, or -1. */
export function nodeAt(layout: Layout, x: number, y: number): number {
  return layout.boxes.findIndex(box => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height)
}
