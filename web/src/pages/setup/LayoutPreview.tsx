import type { Schemas } from '@/api/client'
import { count, kindColor } from '@/ui'
import { standing } from './standing'
import style from './Setup.module.css'

/** A layout as an elevation: what is made with the rack, and the places that servers will have. */
export function LayoutPreview({ layout, rack }: { layout: Schemas['Layout']; rack: string }) {
  const devices = layout.devices ?? []
  const slots = layout.slots ?? []
  if (devices.length + slots.length === 0) return <p className="quiet">{layout.name} is a script: what it makes is shown before it is made.</p>
  const rows = standing(layout, rack)
  return (
    <figure className={style.preview}>
      <figcaption className="quiet">{count(devices.length, 'device')} {devices.length === 1 ? 'is' : 'are'} made, and there {slots.length === 1 ? 'is' : 'are'} {count(slots.length, 'place')} for servers.</figcaption>
      <ol className={style.elevation}>
        {rows.map(row => (
          <li key={row.units[0]} style={{ minHeight: 20 * row.units.length }}>
            <span className={style.unit}>{row.units.at(-1)}</span>
            <span className={row.slot ? `${style.device} ${style.place}` : style.device} style={{ borderInlineStartColor: kindColor(row.kind) }}>
              <span className="name">{row.text}</span> <span className="quiet">{row.driver}</span>
            </span>
          </li>
        ))}
      </ol>
    </figure>
  )
}
