import type { Overlaps } from './sets'

/** A circle that stands for a pool. */
export interface Circle {
  name: string
  x: number
  y: number
  r: number
}

/** Where the number of a part stands. */
export interface Spot {
  part: readonly string[]
  entities: number
  x: number
  y: number
}

/** Circles whose areas, and those of what two have in common, are as their numbers; with three pools what all have in common may differ. */
export interface Venn {
  circles: Circle[]
  spots: Spot[]
  box: { x: number; y: number; width: number; height: number }
}

/** Returns the picture of one, two or three pools. */
export function venn(overlaps: Overlaps): Venn {
  const names = overlaps.pools.map(pool => pool.name)
  const radii = overlaps.pools.map(pool => Math.sqrt(Math.max(pool.entities, 0) / Math.PI))
  const largest = Math.max(...radii, 1e-9)
  const r = radii.map(radius => Math.max(radius / largest, 0.08) * 100)
  const scale = (largest / 100) ** 2
  const common = (a: number, b: number) =>
    overlaps.parts.filter(part => part.pools.includes(names[a]!) && part.pools.includes(names[b]!)).reduce((sum, part) => sum + part.entities, 0) / scale
  const apart = (a: number, b: number) => distance(r[a]!, r[b]!, common(a, b))
  const circles: Circle[] = names.map((name, i) => ({ name, x: 0, y: 0, r: r[i]! }))
  if (circles.length > 1) circles[1]!.x = apart(0, 1)
  if (circles.length > 2) Object.assign(circles[2]!, corner(apart(0, 1), apart(0, 2), apart(1, 2)))
  const box = boxOf(circles)
  return { circles, spots: spotsOf(circles, overlaps, box), box }
}

/** Returns how far apart the centres of two circles are that have an area in common. */
function distance(a: number, b: number, common: number): number {
  const inside = Math.abs(a - b)
  if (common <= 0) return a + b + 6
  if (common >= Math.PI * Math.min(a, b) ** 2 * 0.9999) return Math.max(0, inside - 3)
  let low = inside
  let high = a + b
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (lens(a, b, middle) > common) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Returns the area that two circles have in common. */
export function lens(a: number, b: number, d: number): number {
  if (d >= a + b) return 0
  if (d <= Math.abs(a - b)) return Math.PI * Math.min(a, b) ** 2
  const angle = (r: number, o: number) => Math.acos(Math.min(1, Math.max(-1, (d * d + r * r - o * o) / (2 * d * r))))
  const alpha = angle(a, b)
  const beta = angle(b, a)
  return a * a * (alpha - Math.sin(2 * alpha) / 2) + b * b * (beta - Math.sin(2 * beta) / 2)
}

/** Returns the third corner of a triangle that begins at 0,0 and d,0; one that cannot be is bent until it can. */
function corner(d: number, toFirst: number, toSecond: number): { x: number; y: number } {
  if (d < 1e-6) return { x: 0, y: toFirst }
  const x = (d * d + toFirst * toFirst - toSecond * toSecond) / (2 * d)
  const y2 = toFirst * toFirst - x * x
  if (y2 >= 0) return { x, y: Math.sqrt(y2) }
  return { x: Math.sign(x) * toFirst, y: 0 }
}

function boxOf(circles: readonly Circle[]): Venn['box'] {
  const x = Math.min(...circles.map(c => c.x - c.r)) - 4
  const y = Math.min(...circles.map(c => c.y - c.r)) - 4
  return { x, y, width: Math.max(...circles.map(c => c.x + c.r)) + 4 - x, height: Math.max(...circles.map(c => c.y + c.r)) + 4 - y }
}

/** Returns the pools in whose circles a point lies. */
export function under(circles: readonly Circle[], x: number, y: number): string[] {
  return circles.filter(c => Math.hypot(x - c.x, y - c.y) <= c.r).map(c => c.name)
}

/** Returns for each part that can be seen the point in it that is farthest from every circle. */
function spotsOf(circles: readonly Circle[], overlaps: Overlaps, box: Venn['box']): Spot[] {
  const steps = 90
  const best = new Map<string, { x: number; y: number; far: number }>()
  for (let i = 0; i <= steps; i++) {
    for (let j = 0; j <= steps; j++) {
      const x = box.x + (box.width * i) / steps
      const y = box.y + (box.height * j) / steps
      const key = JSON.stringify(under(circles, x, y))
      const far = Math.min(...circles.map(c => Math.abs(Math.hypot(x - c.x, y - c.y) - c.r)))
      if (far > (best.get(key)?.far ?? 0)) best.set(key, { x, y, far })
    }
  }
  return overlaps.parts.flatMap(part => {
    const spot = best.get(JSON.stringify(circles.filter(c => part.pools.includes(c.name)).map(c => c.name)))
    return spot ? [{ part: part.pools, entities: part.entities, x: spot.x, y: spot.y }] : []
  })
}
