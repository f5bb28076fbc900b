import { useDeferredValue } from 'react'
import { useReadNow } from '@/api/read'
import { Suggest } from './Suggest'

export interface ThingPickerProps {
  label: string
  value: string
  onChange: (name: string) => void
  /** Only things of these types. */
  types?: readonly string[]
  help?: string
  error?: string | undefined
  autoFocus?: boolean
}

const few = 20

/** A line for the name of a thing; it asks the server for names that begin so, or have that in them. */
export function ThingPicker({ value, onChange, types, ...props }: ThingPickerProps) {
  const typed = useDeferredValue(value.trim())
  const of = types ? { type: [...types] } : {}
  const begin = useReadNow('/entities', { query: { ...of, ...(typed ? { prefix: typed } : {}), sort: 'name', limit: few } }, { keep: true })
  const within = useReadNow('/search', { query: { q: typed, limit: 100 } }, { enabled: typed !== '', keep: true })
  const found = new Map(begin.data?.entities.map(entity => [entity.name, entity.type]))
  if (typed !== '') {
    for (const hit of within.data?.hits ?? []) {
      if (!types || types.includes(hit.type)) found.set(hit.name, hit.type)
    }
  }
  const suggestions = [...found].slice(0, few).map(([name, type]) => ({ id: name, text: name, note: type }))
  return <Suggest {...props} value={value} onChange={onChange} suggestions={suggestions} />
}
