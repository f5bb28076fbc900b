import type { Graph } from './graph'
import type { Box, Layout } from './layout'
import { changeColor, shorten, wire, type Palette } from './svg'

/** What of a graph is in sight: the graph's point at the upper left of the canvas, and how many pixels a unit has. */
export interface Sight {
  x: number
  y: number
  scale: number
}

export interface Scene {
  graph: Graph
  layout: Layout
  palette: Palette
  /** The node that is selected, or -1. */
  selected: number
  /** The lines that stand for its cables: wiresOf(graph, layout, selected). */
  wires: readonly Wire[]
}

/** From which scale on boxes have names. */
const named = 0.42

/** Draws what of a scene is in sight; what is too small to be seen apart is drawn as one. */
export function draw(ctx: CanvasRenderingContext2D, size: { width: number; height: number }, sight: Sight, scene: Scene): void {
  const { layout, palette } = scene
  ctx.fillStyle = palette.ground
  ctx.fillRect(0, 0, size.width, size.height)
  ctx.save()
  ctx.scale(sight.scale, sight.scale)
  ctx.translate(-sight.x, -sight.y)
  const inSight: Box = { x: sight.x, y: sight.y, width: size.width / sight.scale, height: size.height / sight.scale }
  ctx.lineWidth = Math.min(2, 1 / sight.scale)
  for (const fan of layout.fans) {
    if (!touches(fan, inSight)) continue
    ctx.fillStyle = palette.line
    ctx.globalAlpha = 0.22
    ctx.beginPath()
    ctx.roundRect(fan.x, fan.y, fan.width, fan.height, 8)
    ctx.fill()
    ctx.globalAlpha = 1
  }
  drawCables(ctx, inSight, scene)
  drawBoxes(ctx, inSight, sight, scene)
  ctx.restore()
}

export function touches(a: Box, b: Box): boolean {
  return a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height
}

/** A line between two boxes, or between a box and the fan that the other one stands in. */
interface Wire {
  from: [number, number]
  to: [number, number]
  /** What both ends are within. */
  area: Box
  change: string | undefined
  mine: boolean
}

/**
 * Returns the lines to draw. Cables to the things of a fan are one line to the fan, but for those of
 * what is selected and those that came or went.
 */
export function wiresOf(graph: Graph, layout: Layout, selected: number): Wire[] {
  const fanOf = new Map<number, Box>()
  for (const fan of layout.fans) for (const i of fan.members) fanOf.set(i, fan)
  const bundled = new Map<Box, Set<number>>()
  const wires: Wire[] = []
  for (const { from, to, change } of graph.cables) {
    let a = layout.boxes[from.node]!
    let b = layout.boxes[to.node]!
    const mine = from.node === selected || to.node === selected
    if (!mine && change !== 'added' && change !== 'removed') {
      const above = layout.parents[to.node] === from.node ? from.node : to.node
      const below = above === from.node ? to.node : from.node
      const fan = layout.parents[below] === above ? fanOf.get(below) : undefined
      if (fan) {
        const drawn = bundled.get(fan) ?? new Set()
        if (drawn.has(above)) continue
        bundled.set(fan, drawn.add(above))
        a = layout.boxes[above]!
        b = fan
      }
    }
    const [x1, y1, x2, y2] = wire(a, b)
    wires.push({
      from: [x1, y1], to: [x2, y2], change, mine,
      area: { x: Math.min(x1, x2), y: Math.min(y1, y2), width: Math.abs(x1 - x2), height: Math.abs(y1 - y2) },
    })
  }
  return wires
}

/** Draws the cables in sight, those of one colour as one path. */
function drawCables(ctx: CanvasRenderingContext2D, inSight: Box, { wires, palette }: Scene): void {
  const paths = new Map<string, Path2D>()
  for (const { from, to, area, change, mine } of wires) {
    if (!touches(area, inSight)) continue
    const color = mine ? palette.accent : changeColor(change, palette, palette.quiet)
    const key = change === 'removed' ? `${color} dashed` : color
    let path = paths.get(key)
    if (!path) paths.set(key, (path = new Path2D()))
    const middle = (from[1] + to[1]) / 2
    path.moveTo(...from)
    path.bezierCurveTo(from[0], middle, to[0], middle, ...to)
  }
  const width = ctx.lineWidth
  for (const [key, path] of paths) {
    const color = key.replace(' dashed', '')
    ctx.strokeStyle = color
    ctx.globalAlpha = color === palette.quiet ? 0.45 : 1
    ctx.lineWidth = color === palette.quiet ? width : 2 * width
    ctx.setLineDash(color === key ? [] : [6 * width, 4 * width])
    ctx.stroke(path)
  }
  ctx.globalAlpha = 1
  ctx.lineWidth = width
  ctx.setLineDash([])
}

function drawBoxes(ctx: CanvasRenderingContext2D, inSight: Box, sight: Sight, { graph, layout, palette, selected }: Scene): void {
  const names = sight.scale >= named
  ctx.font = '12px system-ui, sans-serif'
  ctx.textBaseline = 'middle'
  for (let i = 0; i < layout.boxes.length; i++) {
    const box = layout.boxes[i]!
    const node = graph.nodes[i]!
    const notable = i === selected || node.change === 'added' || node.change === 'removed'
    if (!touches(box, inSight)) continue
    const kind = palette.kinds[node.type] ?? palette.other
    if (!names && !notable) {
      ctx.fillStyle = kind
      ctx.fillRect(box.x, box.y, box.width, box.height)
      continue
    }
    ctx.fillStyle = palette.surface
    ctx.strokeStyle = i === selected ? palette.accent : changeColor(node.change, palette, palette.line)
    ctx.lineWidth = notable ? 2.5 / Math.min(1, sight.scale) : 1
    ctx.beginPath()
    ctx.roundRect(box.x, box.y, box.width, box.height, 5)
    ctx.fill()
    ctx.stroke()
    ctx.fillStyle = kind
    ctx.fillRect(box.x, box.y + 3, 5, box.height - 6)
    if (!names) continue
    ctx.fillStyle = palette.text
    ctx.fillText(shorten(node.name), box.x + 12, box.y + box.height / 2 + 0.5)
    if (node.beyond > 0) {
      ctx.fillStyle = palette.quiet
      ctx.textAlign = 'right'
      ctx.fillText(`+${node.beyond}`, box.x + box.width - 6, box.y + box.height / 2 + 0.5)
      ctx.textAlign = 'left'
    }
  }
}

/** Returns the sight that shows all of a layout, at most in its full size. */
export function fit(layout: Layout, size: { width: number; height: number }): Sight {
  const margin = 24
  const scale = Math.min(1, (size.width - 2 * margin) / Math.max(1, layout.width), (size.height - 2 * margin) / Math.max(1, layout.height))
  const used = Math.max(scale, 0.002)
  return { scale: used, x: layout.width / 2 - size.width / 2 / used, y: Math.min(-margin / used, layout.height / 2 - size.height / 2 / used) }
}

/** Returns a sight nearer or farther, in which a point of the canvas stays where it is. */
export function zoom(sight: Sight, by: number, x: number, y: number): Sight {
  const scale = Math.min(4, Math.max(0.002, sight.scale * by))
  return { scale, x: sight.x + x / sight.scale - x / scale, y: sight.y + y / sight.scale - y / scale }
}
