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

/** How far a layer is below the one above it. */
const step = box.height + gap.y

/** How wide what is below a node may be before it is broken into rows. */
const wide = 2600

/**
 * Places a graph in layers, as networks are built: what leads on stands below what it hangs on, and
 * what leads nowhere else stands in a fan there. What is too wide for one row is broken into several.
 * It takes a time that grows as the graph does, and the same graph has always the same places.
 */
export function place(graph: Graph, order: Order = 'hops'): Layout {
  const near = neighbours(graph)
  const level = order === 'hops' ? graph.nodes.map(node => node.distance) : tiers(graph, near)
  const parents = parentsOf(graph, near, level)
  const below: number[][] = graph.nodes.map(() => [])
  const roots: number[] = []
  for (const [i, parent] of parents.entries()) (parent < 0 ? roots : below[parent]!).push(i)
  const highest = Math.min(...new Set(level))
  const blocks = blocksOf(roots, below, level)
  const layout: Layout = { boxes: graph.nodes.map(() => ({ x: 0, y: 0, ...box })), fans: [], parents, width: 0, height: 0 }
  for (const root of roots) {
    const block = blocks.get(root)!
    const y = (level[root]! - highest) * step
    put({ block, x: layout.width, y }, blocks, layout)
    layout.width += block.width + gap.tree
    layout.height = Math.max(layout.height, y + block.height)
  }
  layout.width = Math.max(0, layout.width - gap.tree)
  return layout
}

/** What stands below a node: another with all below that, or a fan. */
interface Part {
  node?: number
  members?: number[]
  /** How far below the row's top it begins: it may be some layers further down. */
  drop: number
  width: number
  height: number
}

/** A node with all that is below it, in rows. */
interface Block {
  node: number
  rows: { parts: Part[]; width: number; height: number }[]
  width: number
  height: number
}

/** Returns the blocks of all nodes that something is below of, and of the roots. */
function blocksOf(roots: readonly number[], below: readonly number[][], level: readonly number[]): Map<number, Block> {
  const sequence: number[] = []
  const open = [...roots]
  while (open.length > 0) {
    const i = open.pop()!
    sequence.push(i)
    for (const j of below[i]!) if (below[j]!.length > 0) open.push(j)
  }
  const blocks = new Map<number, Block>()
  for (const i of sequence.toReversed()) { // what is below comes first
    const parts: Part[] = []
    const fans = new Map<number, number[]>()
    for (const j of below[i]!) {
      const drop = (level[j]! - level[i]! - 1) * step
      const block = blocks.get(j)
      const fan = fans.get(drop)
      if (block) parts.push({ node: j, drop, width: block.width, height: block.height + drop })
      else if (fan) fan.push(j)
      else fans.set(drop, [j])
    }
    for (const [drop, members] of fans) {
      const size = fanSize(members.length)
      parts.push({ members, drop, width: size.width, height: size.height + drop })
    }
    blocks.set(i, blockOf(i, parts))
  }
  return blocks
}

/** Breaks parts into rows, about twice as wide as high together. */
function blockOf(node: number, parts: readonly Part[]): Block {
  const area = parts.reduce((sum, part) => sum + (part.width + gap.x) * (part.height + gap.y), 0)
  const most = Math.max(wide, Math.sqrt(2 * area))
  const block: Block = { node, rows: [], width: box.width, height: box.height }
  for (const part of parts) {
    let row = block.rows.at(-1)
    if (!row || row.width + gap.x + part.width > most) block.rows.push((row = { parts: [], width: -gap.x, height: 0 }))
    row.parts.push(part)
    row.width += gap.x + part.width
    row.height = Math.max(row.height, part.height)
  }
  for (const row of block.rows) {
    block.width = Math.max(block.width, row.width)
    block.height += gap.y + row.height
  }
  return block
}

/** Gives a node, and all below it, their places. */
function put(first: { block: Block; x: number; y: number }, blocks: ReadonlyMap<number, Block>, layout: Layout): void {
  const open = [first]
  while (open.length > 0) {
    const { block, x, y } = open.pop()!
    layout.boxes[block.node] = { ...box, x: x + (block.width - box.width) / 2, y }
    let top = y + step
    for (const row of block.rows) {
      let left = x + (block.width - row.width) / 2
      for (const part of row.parts) {
        if (part.node !== undefined) open.push({ block: blocks.get(part.node)!, x: left, y: top + part.drop })
        else putFan(block.node, part, left, top + part.drop, layout)
        left += part.width + gap.x
      }
      top += row.height + gap.y
    }
  }
}

function putFan(parent: number, part: Part, x: number, y: number, layout: Layout): void {
  const members = part.members!
  const size = fanSize(members.length)
  layout.fans.push({ parent, members, x, y, width: size.width, height: size.height })
  for (const [n, i] of members.entries()) {
    layout.boxes[i] = {
      ...box,
      x: x + padding + (n % size.columns) * (box.width + gap.fan),
      y: y + padding + Math.floor(n / size.columns) * (box.height + gap.fan),
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
