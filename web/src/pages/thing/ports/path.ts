import type { Schemas } from '@/api/client'

type Cable = Schemas['Cable']
type Peer = Schemas['Peer']

/** A device on the way of a cable, with the port that it is entered by and the one that it is left by. */
export interface Stop {
  device: string
  in?: Peer
  out?: Peer
}

/** Returns the devices along cables, from one end to the other. Where a cable ends in a device and the next begins in it, it passes through. */
export function stopsOf(cables: readonly Cable[]): Stop[] {
  const stops: Stop[] = []
  for (const { from, to } of cables) {
    const last = stops.at(-1)
    if (last?.device === from.entity) last.out = from
    else stops.push({ device: from.entity, out: from })
    stops.push({ device: to.entity, in: to })
  }
  return stops
}

/** Returns what a port is called: nic-eth/1, or the name of an outlet. */
export function portText(port: { type?: string | undefined; port?: number | undefined; outlet?: string | undefined }): string {
  const number = port.outlet || (port.port ? String(port.port) : '?')
  return port.type ? `${port.type}/${number}` : number
}

/** Returns what the API calls a port by: its number, or the name of an outlet. */
export function portNumber(port: { port?: number; outlet?: string }): string {
  return String(port.port ?? port.outlet)
}

/** Returns the type and the number that "nic-eth/1" means; undefined if it means none. */
export function parsePort(text: string): { type: string; port: string } | undefined {
  const slash = text.lastIndexOf('/')
  return slash > 0 && slash < text.length - 1 ? { type: text.slice(0, slash), port: text.slice(slash + 1) } : undefined
}

/** Where a stop is drawn, in the units of the drawing. */
export interface Box {
  stop: Stop
  x: number
  y: number
}

/** The measures of a drawing: of a box, and of the cable between two. */
export interface Measures {
  width: number
  height: number
  gap: number
  /** How many boxes stand beside each other; the next ones are a line below. */
  perLine: number
}

/** Returns how many boxes fit beside each other into a width. One below the other is the least. */
export function fitting(room: number, width: number, gap: number): number {
  return Math.max(1, Math.floor((room + gap) / (width + gap)))
}

/** Returns where stops are drawn, line by line; and how large the drawing is. Every other line goes back, so that no cable is long. */
export function layOut(stops: readonly Stop[], { width, height, gap, perLine }: Measures): { boxes: Box[]; width: number; height: number } {
  const boxes = stops.map((stop, i) => {
    const line = Math.floor(i / perLine)
    const nth = i % perLine
    const column = line % 2 === 0 ? nth : perLine - 1 - nth
    return { stop, x: column * (width + gap), y: line * (height + gap) }
  })
  const columns = Math.min(perLine, stops.length)
  const lines = Math.ceil(stops.length / perLine)
  return { boxes, width: Math.max(0, columns * (width + gap) - gap), height: Math.max(0, lines * (height + gap) - gap) }
}
