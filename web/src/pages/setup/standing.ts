import type { Schemas } from '@/api/client'

/** Something that stands in units of a rack, or a place for a server. */
export interface Standing {
  units: number[]
  text: string
  driver: string
  /** A type, for its colour. */
  kind: string
  slot: boolean
}

const kinds: Record<string, string> = { switch: 'networkswitch', powerstrip: 'powerstrip', console: 'consoleserver', consoleserver: 'consoleserver' }

function kindOf(role: string): string {
  const known = Object.keys(kinds).find(kind => role.startsWith(kind))
  return (known && kinds[known]) || (role.startsWith('power') || role.startsWith('pdu') ? 'powerstrip' : 'other')
}

/** Returns what a layout puts into a rack, the highest first. */
export function standing(layout: Schemas['Layout'], rack: string): Standing[] {
  const devices = (layout.devices ?? []).map(device => ({
    units: device.units, text: device.name.replace('<rack>', rack), driver: device.driver, kind: kindOf(device.role), slot: false,
  }))
  const slots = (layout.slots ?? []).map(slot => ({
    units: slot.units, text: `server on port ${slot.switch_port}`, driver: slot.driver, kind: 'server', slot: true,
  }))
  return [...devices, ...slots].filter(row => row.units.length > 0).toSorted((a, b) => (b.units.at(-1) ?? 0) - (a.units.at(-1) ?? 0))
}
