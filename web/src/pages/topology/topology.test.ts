import { expect, test } from 'vitest'
import { merge, neighbours, type Graph, type Topology } from './graph'
import { fit, wiresOf, zoom } from './draw'
import { nodeAt, place, tiers, type Box } from './layout'
import { toSvg } from './svg'

/** Makes a graph of lines such as "core sw1", things by the hops from the first. */
function graph(text: string, types: Record<string, string> = {}): Graph & Topology {
  const names: string[] = []
  const cables: Topology['cables'] = []
  const places = new Map<string, number>()
  const node = (name: string) => {
    if (!places.has(name)) places.set(name, names.push(name) - 1)
    return places.get(name)!
  }
  for (const [i, line] of text.trim().split(/\s*;\s*/).entries()) {
    const [from, to] = line.split(' ')
    cables.push({ from: { node: node(from!), type: 'nic-eth', port: i + 1 }, to: { node: node(to!), type: 'nic-eth', port: 1 } })
  }
  const nodes = names.map(name => ({ name, type: types[name] ?? (name.startsWith('sw') || name.startsWith('core') ? 'networkswitch' : 'server'), driver: 'd', distance: 0, beyond: 0 }))
  const near = neighbours({ nodes, cables })
  const seen = new Set([0])
  for (let level = [0], hop = 1; level.length > 0; hop++) {
    level = level.flatMap(i => near[i]!).filter(j => !seen.has(j) && seen.add(j))
    for (const j of level) nodes[j]!.distance = hop
  }
  return { nodes, cables, more: false, version: 1 }
}

const overlap = (a: Box, b: Box) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

test('no two boxes overlap, and each stands below what it hangs on', () => {
  const leaves = (sw: string, n: number) => Array.from({ length: n }, (_, i) => `${sw} ${sw}-web${i}`).join(';')
  const g = graph(`core sw1;core sw2;sw1 sw3;${leaves('sw1', 17)};${leaves('sw2', 40)};${leaves('sw3', 1)};${leaves('core', 2)};sw1 sw2`)
  for (const order of ['hops', 'tiers'] as const) {
    const layout = place(g, order)
    for (const [i, a] of layout.boxes.entries()) {
      expect(a.x).toBeGreaterThanOrEqual(0)
      expect(a.x + a.width).toBeLessThanOrEqual(layout.width)
      expect(a.y + a.height).toBeLessThanOrEqual(layout.height)
      for (const b of layout.boxes.slice(i + 1)) expect(overlap(a, b)).toBe(false)
      const parent = layout.parents[i]!
      if (parent >= 0) expect(a.y).toBeGreaterThan(layout.boxes[parent]!.y)
    }
    for (const [i, fan] of layout.fans.entries()) {
      for (const other of layout.fans.slice(i + 1)) expect(overlap(fan, other)).toBe(false)
    }
  }
})

test('servers of one switch stand in a fan, also a great many', () => {
  const g = graph(Array.from({ length: 9999 }, (_, i) => `sw web${i}`).join(';'))
  const began = performance.now()
  const layout = place(g)
  expect(performance.now() - began).toBeLessThan(3000)
  expect(layout.fans.map(fan => fan.members.length)).toEqual([9999])
  expect(new Set(layout.boxes.map(box => `${box.x} ${box.y}`)).size).toBe(10_000)
  expect(place(g)).toEqual(layout)
})

test('a chain of things is as deep as it is long', () => {
  const g = graph(Array.from({ length: 3000 }, (_, i) => `sw${i} sw${i + 1}`).join(';'))
  const ys = place(g).boxes.map(box => box.y)
  expect(ys).toEqual([...ys].sort((a, b) => a - b))
  expect(new Set(ys).size).toBe(3001)
})

test('tiers say what things are for', () => {
  const g = graph('core sw1;sw1 web1;web1 pdu1;sw1 pdu1', { pdu1: 'powerstrip' })
  expect(tiers(g)).toEqual([0, 1, 2, 3])
})

test('neighbours of a neighbour are put into the graph', () => {
  const first = graph('web1 sw1')
  first.nodes[1]!.beyond = 2
  const more = graph('sw1 web1;sw1 core')
  more.cables[0]!.from.port = 1
  const merged = merge(first, more)
  expect(merged.nodes.map(node => [node.name, node.distance, node.beyond])).toEqual([['web1', 0, 0], ['sw1', 1, 0], ['core', 2, 0]])
  expect(merged.cables).toHaveLength(2)
  expect(merge(first, graph('elsewhere web9')).nodes).toHaveLength(2)
})

test('a point is found in its box', () => {
  const layout = place(graph('sw1 web1;sw1 web2'))
  for (const [i, box] of layout.boxes.entries()) expect(nodeAt(layout, box.x + 3, box.y + 3)).toBe(i)
  expect(nodeAt(layout, -5, -5)).toBe(-1)
})

test('pictures hold whatever things are called', () => {
  const g = graph('sw1 <script>"&')
  const picture = toSvg(g, place(g), { ground: '#fff', surface: '#fff', line: '#ccc', text: '#000', quiet: '#555', accent: '#0aa', added: '#0a0', removed: '#a00', kinds: {}, other: '#888' })
  expect(picture).toContain('&lt;script&gt;&quot;&amp;')
  expect(picture).not.toContain('<script')
})

test('cables to a fan are one line, but for those of what is selected', () => {
  const g = graph(Array.from({ length: 30 }, (_, i) => `sw web${i}`).join(';'))
  const layout = place(g)
  expect(wiresOf(g, layout, -1)).toHaveLength(1)
  expect(wiresOf(g, layout, 3).filter(wire => wire.mine)).toHaveLength(1)
  expect(wiresOf(g, layout, 0)).toHaveLength(30)
})

test('coming nearer keeps the point under the pointer, and all of it fits', () => {
  const sight = { x: 10, y: 20, scale: 0.5 }
  const near = zoom(sight, 2, 100, 50)
  expect([near.x + 100 / near.scale, near.y + 50 / near.scale]).toEqual([sight.x + 200, sight.y + 100])
  const layout = place(graph(Array.from({ length: 400 }, (_, i) => `sw web${i}`).join(';')))
  const all = fit(layout, { width: 600, height: 400 })
  expect(all.x).toBeLessThanOrEqual(0)
  expect(all.x + 600 / all.scale).toBeGreaterThanOrEqual(layout.width)
  expect(all.y + 400 / all.scale).toBeGreaterThanOrEqual(layout.height)
})
