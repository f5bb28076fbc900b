import { Link } from '@tanstack/react-router'
import { ChevronRight, MapPin } from 'lucide-react'
import { Thing } from '@/ui'
import type { ThingData } from './useThing'
import style from './thing.module.css'

/** Where a thing is: its datacenter, rack and units, and the pools that it is in. */
export function Place({ thing }: { thing: ThingData }) {
  const parents = thing.parents ?? []
  const pools = parents.filter(parent => parent.type === 'pool')
  const places = parents.filter(parent => parent.type !== 'pool').toReversed()
  const rack = parents.find(parent => parent.type === 'rack' && parent.depth === 1)
  if (parents.length === 0) return null
  return (
    <section className={style.place} aria-label="Where it is">
      {places.length > 0 && (
        <p className={style.path}>
          <MapPin aria-hidden />
          {places.map((parent, i) => (
            <span key={parent.name} className={style.step}>
              {i > 0 && <ChevronRight aria-hidden />}
              <Thing name={parent.name} type={parent.type} />
            </span>
          ))}
          {rack?.rack_units && rack.rack_units.length > 0 && (
            <span className={style.step}>
              <ChevronRight aria-hidden />
              <Link to="/racks/$name" params={{ name: rack.name }} search={{ device: thing.name }}>{unitsText(rack.rack_units)}</Link>
            </span>
          )}
        </p>
      )}
      {pools.length > 0 && (
        <p className={style.path}>
          <span className="quiet">in pools</span>
          {pools.map(pool => <span key={pool.name} className={pool.depth > 1 ? `${style.step} quiet` : style.step}><Thing name={pool.name} type="pool" /></span>)}
        </p>
      )}
    </section>
  )
}

/** Returns rack units as people write them: "unit 7", "units 7 to 9". */
export function unitsText(units: readonly number[]): string {
  const sorted = units.toSorted((a, b) => a - b)
  const [first, last] = [sorted[0], sorted.at(-1)]
  if (sorted.length === 1) return `unit ${first}`
  if (first !== undefined && last === first + sorted.length - 1) return `units ${first} to ${last}`
  return `units ${sorted.join(', ')}`
}
