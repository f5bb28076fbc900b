import type { Graph } from './graph'
import type { Box, Layout } from './layout'

/** The colours of a picture, of the theme that is shown. */
export interface Palette {
  ground: string
  surface: string
  line: string
  text: string
  quiet: string
  accent: string
  added: string
  removed: string
  /** By type. */
  kinds: Record<string, string>
  other: string
}

/** Returns the colour that says what became of something, or otherwise. */
export function changeColor(change: string | undefined, palette: Palette, otherwise: string): string {
  if (change === 'added') return palette.added
  return change === 'removed' ? palette.removed : otherwise
}

/** Returns a name that fits into a box. */
export function shorten(name: string, most = 18): string {
  const letters = [...name]
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : name
}

function escape(text: string): string {
  // Control characters and lone surrogates are not allowed in XML, however they are written.
  return text.replace(/[\p{Cc}\p{Cs}]/gu, ' ').replace(/[<>&"']/g, c => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;', "'": '&#39;' })[c]!)
}

/** Returns where the cable between two boxes begins and ends: x1, y1, x2, y2. */
export function wire(a: Box, b: Box): [number, number, number, number] {
  const [top, low] = a.y <= b.y ? [a, b] : [b, a]
  const level = top.y + top.height > low.y
  return [top.x + top.width / 2, level ? top.y + top.height / 2 : top.y + top.height, low.x + low.width / 2, level ? low.y + low.height / 2 : low.y]
}

const margin = 24

/** Returns a graph as a picture that stands alone. */
export function toSvg(graph: Graph, layout: Layout, palette: Palette): string {
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-margin} ${-margin} ${layout.width + 2 * margin} ${layout.height + 2 * margin}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect x="${-margin}" y="${-margin}" width="100%" height="100%" fill="${palette.ground}"/>`,
  ]
  for (const cable of graph.cables) {
    const [x1, y1, x2, y2] = wire(layout.boxes[cable.from.node]!, layout.boxes[cable.to.node]!)
    const dash = cable.change === 'removed' ? ' stroke-dasharray="5 4"' : ''
    parts.push(`<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${changeColor(cable.change, palette, palette.quiet)}" stroke-opacity="0.6"${dash}/>`)
  }
  for (const [i, node] of graph.nodes.entries()) {
    const box = layout.boxes[i]!
    parts.push(
      `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="5" fill="${palette.surface}" stroke="${changeColor(node.change, palette, palette.line)}"/>`,
      `<rect x="${box.x}" y="${box.y}" width="5" height="${box.height}" rx="2" fill="${palette.kinds[node.type] ?? palette.other}"/>`,
      `<text x="${box.x + 12}" y="${box.y + 19}" fill="${palette.text}">${escape(shorten(node.name))}</text>`,
    )
  }
  parts.push('</svg>')
  return parts.join('\n')
}
