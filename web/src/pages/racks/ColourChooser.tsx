import { useState } from 'react'
import { count, Field, Select } from '@/ui'
import type { Colours, ColourBy } from './colours'
import type { RackDevice } from './elevation'
import style from './racks.module.css'

/** Chooses by what devices are coloured. */
export function ColourChooser({ value, onChange }: { value: ColourBy; onChange: (value: ColourBy) => void }) {
  const [typed, setTyped] = useState(value.of ?? '')
  const commit = () => value.by && value.by !== 'driver' && typed !== (value.of ?? '') && onChange({ by: value.by, of: typed })
  return (
    <div className={style.chooser}>
      <Select
        label="Colour by"
        value={value.by ?? 'type'}
        onChange={by => {
          setTyped('')
          onChange(by === 'type' ? {} : { by: by as NonNullable<ColourBy['by']> })
        }}
        choices={[{ id: 'type', text: 'Type' }, { id: 'driver', text: 'Driver' }, { id: 'attr', text: 'Attribute' }, { id: 'query', text: 'Query' }]}
      />
      {(value.by === 'attr' || value.by === 'query') && (
        <Field
          label={value.by === 'attr' ? 'Attribute' : 'Query'} mono placeholder={value.by === 'attr' ? 'system' : 'pool = web'}
          value={typed} onChange={setTyped} onBlur={commit} onKeyDown={event => event.key === 'Enter' && commit()}
        />
      )}
    </div>
  )
}

/** What the colours mean, the most frequent first. */
export function Legend({ devices, colours, most = 16 }: { devices: readonly RackDevice[]; colours: Colours; most?: number }) {
  const groups = new Map<string, { colour: string; n: number }>()
  for (const device of devices) {
    const group = colours.group(device)
    const known = groups.get(group)
    if (known) known.n++
    else groups.set(group, { colour: colours.colour(device), n: 1 })
  }
  const sorted = [...groups].sort((a, b) => b[1].n - a[1].n)
  if (sorted.length === 0) return <p className="quiet">Nothing to colour.</p>
  return (
    <ul className={style.legend}>
      {sorted.slice(0, most).map(([group, { colour, n }]) => (
        <li key={group}><span className={style.swatch} style={{ background: colour }} aria-hidden /><span className="name">{group}</span> <span className="quiet">{n}</span></li>
      ))}
      {sorted.length > most && <li className="quiet">and {count(sorted.length - most, 'more', 'more')}</li>}
    </ul>
  )
}
