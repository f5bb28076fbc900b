import type { Schemas } from '@/api/client'
import { masked, parseAddr, size, width, type Prefix } from './ip'

type MapPiece = Schemas['MapPiece']

/** Addresses in a row that are of one kind, by their places in the network that is drawn. */
export interface Run {
  from: number
  /** The last one. */
  to: number
  piece: MapPiece
}

/** How many addresses are asked for at once: a network of this length of prefix, counted from the end. */
const hostBits = 12

/** The most addresses that are drawn one by one. */
export const mostCells = 65536n

/** Returns the parts in which a network is asked for. */
export function chunks(prefix: Prefix): Prefix[] {
  const bits = Math.max(prefix.bits, width(prefix.family) - hostBits)
  const count = 1 << (bits - prefix.bits)
  const step = size({ ...prefix, bits })
  return Array.from({ length: count }, (_, i) => ({ ...prefix, n: prefix.n + BigInt(i) * step, bits }))
}

/** Returns pieces by their places in a network. */
export function runsOf(prefix: Prefix, pieces: readonly MapPiece[]): Run[] {
  return pieces.flatMap(piece => {
    const first = parseAddr(piece.first)
    const last = piece.last ? parseAddr(piece.last) : first
    return first && last ? [{ from: Number(first.n - prefix.n), to: Number(last.n - prefix.n), piece }] : []
  })
}

/** Returns what of runs, which are in order, lies from place first up to last, cut to that. */
export function cut(runs: readonly Run[], first: number, last: number): Run[] {
  const found: Run[] = []
  for (let i = search(runs, first); i < runs.length && runs[i]!.from <= last; i++) {
    const run = runs[i]!
    found.push({ from: Math.max(run.from, first), to: Math.min(run.to, last), piece: run.piece })
  }
  return found
}

/** Returns what is at a place, if it is known. */
export function at(runs: readonly Run[], place: number): MapPiece | undefined {
  const run = runs[search(runs, place)]
  return run && run.from <= place ? run.piece : undefined
}

/** Returns the number of the first run that ends at a place or after it. */
function search(runs: readonly Run[], place: number): number {
  let low = 0
  let high = runs.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (runs[middle]!.to < place) low = middle + 1
    else high = middle
  }
  return low
}

/** Returns the place to which a key leads from another, or undefined for keys that lead nowhere. */
export function moved(key: string, place: number, perLine: number, count: number): number | undefined {
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -perLine, ArrowDown: perLine, PageUp: -16 * perLine, PageDown: 16 * perLine }
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  const step = steps[key]
  if (step === undefined) return undefined
  const next = place + step
  return next >= 0 && next < count ? next : place
}

/** Returns the networks from a whole one down to a part of it, as one enters them. */
export function way(whole: Prefix, part: Prefix): Prefix[] {
  const steps: Prefix[] = []
  for (let bits = whole.bits; bits < part.bits; bits += 8) steps.push(masked(part, bits))
  return [...steps, part]
}
