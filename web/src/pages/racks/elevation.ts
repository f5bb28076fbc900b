import type { Operation } from '@/api/change'
import type { Schemas } from '@/api/client'

export type RackDevice = Schemas['RackDevice']
export type Side = Schemas['RackSide']

/** What an elevation needs of a rack. */
export interface Elevation {
  name: string
  lowest: number
  highest: number
  devices: readonly RackDevice[]
}

/** Where in which rack something is or is to be. */
export interface Spot {
  rack: string
  units: number[]
  side?: Side | undefined
}

/** Reports whether a device takes half of its units. */
export function isHalf(device: Pick<RackDevice, 'width' | 'side' | 'units'>): boolean {
  return device.width === 'half' && device.side !== undefined && device.units.length > 0
}

/** Returns the devices that hang at a side of a rack. */
export function beside(rack: Elevation, side: Side): RackDevice[] {
  return rack.devices.filter(device => device.units.length === 0 && device.side === side)
}

/** Returns the devices that are in a rack, but in no unit and at no side. */
export function loose(rack: Elevation): RackDevice[] {
  return rack.devices.filter(device => device.units.length === 0 && !device.side)
}

/** Returns the runs of units that follow each other, as [lowest, highest]. A device has one, unless the database holds more. */
export function runs(units: readonly number[]): [number, number][] {
  const found: [number, number][] = []
  for (const unit of units) {
    const last = found.at(-1)
    if (last && last[1] + 1 === unit) last[1] = unit
    else found.push([unit, unit])
  }
  return found
}

/** Returns what takes a unit, or that half of it. */
export function holders(rack: Elevation, unit: number, side?: Side): RackDevice[] {
  return rack.devices.filter(device => device.units.includes(unit) && (!side || !isHalf(device) || device.side === side))
}

/** Returns the runs of units in which nothing stands, the highest first. */
export function freeRuns(rack: Elevation): [number, number][] {
  const taken = new Set(rack.devices.flatMap(device => device.units))
  const free: number[] = []
  for (let unit = rack.lowest; unit <= rack.highest; unit++) if (!taken.has(unit)) free.push(unit)
  return runs(free).reverse()
}

/**
 * Returns where a device would stand with a unit as its lowest, or why it cannot. moving is the name of one
 * that leaves its place for it.
 */
export function spotAt(rack: Elevation, lowest: number, height: number, side: Side | undefined, moving?: string): Spot | string {
  const units = Array.from({ length: Math.max(1, height) }, (_, i) => lowest + i)
  for (const unit of units) {
    if (unit < rack.lowest || unit > rack.highest) return `${rack.name} has no unit ${unit}`
    const there = holders(rack, unit, side).find(device => device.name !== moving)
    if (there) return `Unit ${unit} holds ${there.name}`
  }
  return { rack: rack.name, units, side }
}

/** Returns units as people write them: 7, or 7–8. */
export function unitsText(units: readonly number[]): string {
  return runs(units).map(([low, high]) => (low === high ? String(low) : `${low}–${high}`)).join(', ')
}

/** Says where a device is within its rack. */
export function placeText(device: Pick<RackDevice, 'units' | 'side' | 'width'>): string {
  if (device.units.length === 0) return device.side ? `at the ${device.side} side` : 'in no unit'
  const text = `unit${device.units.length > 1 ? 's' : ''} ${unitsText(device.units)}`
  return isHalf(device) ? `${text}, ${device.side}` : text
}

/** Returns the operation that puts a thing into a spot. */
export function insertAt(entity: string, spot: Spot): Operation {
  return {
    insert: {
      entity, container: spot.rack,
      ...(spot.units.length > 0 ? { rack_units: spot.units } : {}),
      ...(spot.side ? { side: spot.side } : {}),
    },
  }
}

/** Returns the operations that move a device from one rack to a spot. */
export function move(entity: string, from: string, to: Spot): Operation[] {
  return [{ remove: { entity, container: from } }, insertAt(entity, to)]
}
