import type { Schemas } from '@/api/client'
import { formatAttrName, formatValue } from './format'
import { Badge } from './Notes'
import { Thing } from './Thing'
import style from './Diff.module.css'

type EntityDiff = Schemas['EntityDiff']
type AttrDiff = Schemas['AttrDiff']

const words = { made: 'made', deleted: 'deleted', changed: 'changed' } as const
const tones = { made: 'good', deleted: 'bad', changed: 'accent' } as const

/** The difference between two states, entity by entity, with names in place of numbers. */
export function Diff({ entities, limit = 200 }: { entities: readonly EntityDiff[]; limit?: number }) {
  if (entities.length === 0) return <p className="quiet">Nothing is different.</p>
  return (
    <ul className={style.diff}>
      {entities.slice(0, limit).map(entity => <EntityChange key={`${entity.change} ${entity.name}`} entity={entity} />)}
      {entities.length > limit && <li className="quiet">and {entities.length - limit} more</li>}
    </ul>
  )
}

function EntityChange({ entity }: { entity: EntityDiff }) {
  const was = entity.was
  return (
    <li className={style.entity}>
      <p className={style.head}>
        <Badge tone={tones[entity.change]}>{words[entity.change]}</Badge>
        {entity.change === 'deleted' ? <span className="name">{entity.name}</span> : <Thing name={entity.name} type={entity.type} />}
        <span className="quiet">
          {was?.name && was.name !== entity.name && <>was <span className="name">{was.name}</span>, </>}
          {was?.driver && was.driver !== entity.driver && <>{was.driver} → </>}
          {entity.driver}
        </span>
      </p>
      {entity.attrs.length > 0 && (
        <ul className={style.attrs}>{entity.attrs.map((attr, i) => <AttrChange key={i} attr={attr} />)}</ul>
      )}
    </li>
  )
}

function AttrChange({ attr }: { attr: AttrDiff }) {
  return (
    <li className={style.attr}>
      <span className={style[attr.change]} aria-label={attr.change}>{attr.change === 'added' ? '+' : attr.change === 'removed' ? '−' : '~'}</span>
      <span className="mono name">{formatAttrName(attr)}</span>
      <span className="mono name">
        {attr.was && <del>{formatValue(attr.was.value)}</del>}
        {attr.was && attr.is && ' → '}
        {attr.is && <ins>{formatValue(attr.is.value)}</ins>}
      </span>
    </li>
  )
}
