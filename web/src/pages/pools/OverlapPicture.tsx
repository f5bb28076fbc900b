import { count } from '@/ui'
import { formatParts, type Overlaps } from './sets'
import { under, venn } from './venn'
import style from './Pools.module.css'

export interface PictureProps {
  overlaps: Overlaps
  /** The part that is looked at. */
  part: readonly string[] | undefined
  onPart: (part: readonly string[]) => void
}

/** What pools have in common, as a picture: up to three as circles, more as columns. */
export function OverlapPicture(props: PictureProps) {
  return props.overlaps.pools.length <= 3 ? <Circles {...props} /> : <Columns {...props} />
}

const colors = ['var(--kind-server)', 'var(--kind-pool)', 'var(--kind-datacenter)']

function same(a: readonly string[] | undefined, b: readonly string[]): boolean {
  return a !== undefined && a.length === b.length && b.every(name => a.includes(name))
}

/** Circles; the list of parts beside them says the same to who cannot see or point. */
function Circles({ overlaps, part, onPart }: PictureProps) {
  const { circles, spots, box } = venn(overlaps)
  const chosen = part && spots.find(spot => same(part, spot.part))
  return (
    <figure className={style.picture}>
      <svg
        viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`}
        className={style.circles}
        aria-hidden
        onClick={event => {
          const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(event.currentTarget.getScreenCTM()!.inverse())
          const found = under(circles, at.x, at.y)
          if (overlaps.parts.some(one => same(found, one.pools))) onPart(found)
        }}
      >
        {circles.map((circle, i) => <circle key={circle.name} cx={circle.x} cy={circle.y} r={circle.r} fill={colors[i]} stroke={colors[i]} />)}
        {chosen && <circle className={style.mark} cx={chosen.x} cy={chosen.y} r={13} />}
        {spots.map(spot => <text key={spot.part.join('\n')} x={spot.x} y={spot.y}>{spot.entities.toLocaleString('en')}</text>)}
      </svg>
      <figcaption className={style.key}>
        {overlaps.pools.map((pool, i) => (
          <span key={pool.name}><i style={{ background: colors[i] }} aria-hidden /> <span className="name">{pool.name}</span> <span className="quiet">{pool.entities.toLocaleString('en')}</span></span>
        ))}
      </figcaption>
      <PartList overlaps={overlaps} part={part} onPart={onPart} />
    </figure>
  )
}

function PartList({ overlaps, part, onPart }: PictureProps) {
  return (
    <ul className={style.parts} aria-label="Parts">
      {overlaps.parts.map(one => (
        <li key={one.pools.join('\n')}>
          <button type="button" aria-pressed={same(part, one.pools)} onClick={() => onPart(one.pools)}>
            <b>{one.entities.toLocaleString('en')}</b> <span className="name">{formatParts(one.pools, overlaps.pools.length)}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

/** How many columns are drawn; the list of a pool's page has the rest. */
const mostColumns = 60

/** One column for each part, the largest first: its bar, and dots for the pools that it is in. */
function Columns({ overlaps, part, onPart }: PictureProps) {
  const parts = overlaps.parts.slice(0, mostColumns)
  const highest = parts[0]?.entities ?? 1
  const largest = Math.max(1, ...overlaps.pools.map(pool => pool.entities))
  const hidden = overlaps.parts.length - parts.length
  return (
    <figure className={style.picture}>
      {/* A region that scrolls can be reached and scrolled by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={style.upset} tabIndex={0} role="region" aria-label="Overlaps as columns">
        <div className={style.pools}>
          <div className={style.barsSpace} />
          {overlaps.pools.map(pool => (
            <div key={pool.name} className={style.pool} title={`${pool.name}: ${count(pool.entities, 'thing')}`}>
              <span className={style.poolBar} style={{ width: `${(100 * pool.entities) / largest}%` }} aria-hidden />
              <span className={`name ${style.poolName}`}>{pool.name}</span>
              <span className={style.poolCount}>{pool.entities.toLocaleString('en')}</span>
            </div>
          ))}
        </div>
        {parts.map(one => {
          const places = overlaps.pools.map((pool, i) => (one.pools.includes(pool.name) ? i : -1)).filter(i => i >= 0)
          return (
            <button
              key={one.pools.join('\n')} type="button" className={style.column} aria-pressed={same(part, one.pools)} onClick={() => onPart(one.pools)}
              aria-label={`${count(one.entities, 'thing')} ${formatParts(one.pools, overlaps.pools.length)}`}
            >
              <span className={style.barsSpace}>
                <span className={style.columnCount}>{one.entities.toLocaleString('en')}</span>
                <span className={style.columnBar} style={{ height: `${Math.max(2, (74 * one.entities) / highest)}%` }} />
              </span>
              <svg viewBox={`0 0 26 ${30 * overlaps.pools.length}`} width={26} height={30 * overlaps.pools.length} aria-hidden>
                <line x1={13} x2={13} y1={30 * places[0]! + 15} y2={30 * places.at(-1)! + 15} />
                {overlaps.pools.map((pool, i) => <circle key={pool.name} cx={13} cy={30 * i + 15} r={6} data-in={places.includes(i)} />)}
              </svg>
            </button>
          )
        })}
      </div>
      {(hidden > 0 || overlaps.more) && <figcaption className="quiet">The {mostColumns} largest parts are shown.</figcaption>}
    </figure>
  )
}
