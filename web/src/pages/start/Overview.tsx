import { Link } from '@tanstack/react-router'
import type { Schemas } from '@/api/client'
import { Thing, kindColor } from '@/ui'
import { Bar } from '@/ui/Bar'
import style from './Start.module.css'

type RackCount = Schemas['RackCount']

/** How many types are shown before the others are only counted. */
const shownTypes = 12

/** What there is in numbers: by type, by datacenter, and how full the racks are. */
export function Overview({ overview }: { overview: Schemas['Overview'] }) {
  const { types, datacenters, racks } = overview
  return (
    <div className={style.stack}>
      <ul className={style.tiles}>
        {types.slice(0, shownTypes).map(({ type, entities }) => (
          <li key={type}>
            <Link to="/things" search={{ q: `type = ${type}` }} className={style.tile!}>
              <span className={style.number}>{entities.toLocaleString('en')}</span>{' '}
              <span className={style.kind}><span className={style.dot} style={{ background: kindColor(type) }} aria-hidden />{type}</span>
            </Link>
          </li>
        ))}
      </ul>
      {types.length > shownTypes && <p className="quiet">and {types.length - shownTypes} more types</p>}
      {datacenters.length > 0 && (
        <table className={style.table}>
          <thead>
            <tr><th scope="col">Datacenter</th><th scope="col" className={style.end}>Servers</th><th scope="col" className={style.end}>Racks</th><th scope="col" className={`${style.end} ${style.aside}`}>With free units</th><th scope="col">Units in use</th></tr>
          </thead>
          <tbody>
            {datacenters.map(place => (
              <tr key={place.name}>
                <td><Thing name={place.name} type="datacenter" /></td>
                <td className={style.end}>{place.servers.toLocaleString('en')}</td>
                <td className={style.end}>{place.racks.racks.toLocaleString('en')}</td>
                <td className={`${style.end} ${style.aside}`}>{place.racks.with_free.toLocaleString('en')}</td>
                <td><Units racks={place.racks} of={place.name} /></td>
              </tr>
            ))}
          </tbody>
          {datacenters.length > 1 && (
            <tfoot>
              <tr>
                <th scope="row" colSpan={2}>All racks</th>
                <td className={style.end}>{racks.racks.toLocaleString('en')}</td>
                <td className={`${style.end} ${style.aside}`}>{racks.with_free.toLocaleString('en')}</td>
                <td><Units racks={racks} of="all racks" /></td>
              </tr>
            </tfoot>
          )}
        </table>
      )}
      {datacenters.length === 0 && racks.racks > 0 && (
        <p>{racks.with_free} of {racks.racks} <Link to="/racks">racks</Link> have free units. <Units racks={racks} of="all racks" /></p>
      )}
    </div>
  )
}

function Units({ racks, of }: { racks: RackCount; of: string }) {
  if (racks.units === 0) return <span className="quiet">no racks</span>
  return <Bar label={`Units in use of ${of}`} used={racks.used} size={racks.units} calm />
}
