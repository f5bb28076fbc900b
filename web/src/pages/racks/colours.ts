import { useMemo } from 'react'
import { useRead } from '@/api/read'
import { formatValue, kindColor } from '@/ui'
import type { RackDevice } from './elevation'

/** By what devices are coloured: their type, their driver, an attribute, or whether a query finds them. */
export interface ColourBy {
  by?: 'driver' | 'attr' | 'query'
  /** The attribute's key, or the query. */
  of?: string
}

/** Reads ColourBy from the address of a page. */
export function colourSearch(search: Record<string, unknown>): ColourBy {
  const by = search.by
  if (by !== 'driver' && by !== 'attr' && by !== 'query') return {}
  return { by, ...(typeof search.of === 'string' || typeof search.of === 'number' ? { of: String(search.of) } : {}) }
}

export interface Colours {
  /** What a device is in the legend. */
  group: (device: RackDevice) => string
  colour: (device: RackDevice) => string
  /** Whether it stands back, since it is not what is looked for. */
  dim: (device: RackDevice) => boolean
  error: unknown
}

const none = 'none'
const found = 'found'
const hues = [210, 35, 160, 285, 75, 330, 190, 10, 125, 255]

/** Returns a colour for a word, always the same, that black or white text stands out from. */
export function wordColour(word: string): string {
  let hash = 0
  for (const letter of word) hash = (hash * 31 + letter.codePointAt(0)!) % 100_003
  return word === none ? 'var(--kind-other)' : `light-dark(hsl(${hues[hash % hues.length]} 62% ${36 + (hash % 3) * 5}%), hsl(${hues[hash % hues.length]} 62% ${66 + (hash % 3) * 4}%))`
}

/** Returns the colours of what is in a container. */
export function useColours({ by, of = '' }: ColourBy, container: string | undefined): Colours {
  const within = container ? { in: container } : {}
  const valued = useRead('/entities', { query: { ...within, attr: [of], fields: ['attrs', 'type'], limit: 10_000 } }, { enabled: by === 'attr' && of !== '', keep: true })
  const asked = useRead('/entities', { query: { ...within, query: of, fields: ['type'], limit: 10_000 } }, { enabled: by === 'query' && of !== '', keep: true })
  const values = useMemo(() => {
    const map = new Map<string, string>()
    for (const entity of valued.data?.entities ?? []) {
      const attrs = entity.attrs ?? []
      if (attrs.length > 0) map.set(entity.name, attrs.map(attr => formatValue(attr.value)).join(', '))
    }
    return map
  }, [valued.data])
  const hits = useMemo(() => new Set(asked.data?.entities.map(entity => entity.name)), [asked.data])
  return useMemo(() => {
    const group = (device: RackDevice): string => {
      if (by === 'driver') return device.driver
      if (by === 'attr') return values.get(device.name) ?? none
      if (by === 'query') return hits.has(device.name) ? found : 'other'
      return device.type
    }
    const colour = (device: RackDevice): string => {
      if (!by) return kindColor(device.type)
      if (by === 'query') return hits.has(device.name) ? 'var(--accent)' : 'var(--kind-other)'
      return wordColour(group(device))
    }
    return { group, colour, dim: device => by === 'query' && of !== '' && !hits.has(device.name), error: valued.error ?? asked.error }
  }, [by, of, values, hits, valued.error, asked.error])
}
