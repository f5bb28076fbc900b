import type { Schemas } from '@/api/client'

/** How full a resource manager is. */
export interface Fullness {
  name: string
  prefix: string | undefined
  size: number
  free: number
  /** What is in use or reserved, and which part of all that is. */
  taken: number
  part: number
}

/** Returns how full managers are, the fullest first, without those of which that cannot be said. */
export function fullest(managers: readonly Schemas['Manager'][]): Fullness[] {
  return managers
    .flatMap(({ name, network, usage }) => {
      if (!usage || usage.size <= 0) return []
      const taken = usage.size - usage.free
      return [{ name, prefix: network?.prefix, size: usage.size, free: usage.free, taken, part: taken / usage.size }]
    })
    .toSorted((a, b) => b.part - a.part || a.name.localeCompare(b.name))
}
