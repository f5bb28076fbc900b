import { Users } from 'lucide-react'
import { useReadNow } from '@/api/read'
import { Thing, count } from '@/ui'
import style from '../thing.module.css'
import type { AttrName } from './values'

/** Asks how far an attribute of a thing reaches into what is in it. */
export function useReach(name: string, attr: AttrName | undefined) {
  return useReadNow(
    '/entities/{name}/reach',
    { path: { name }, query: { key: attr?.key ?? '', subkey: attr?.subkey ?? '' } },
    { enabled: attr !== undefined && attr.key !== '', keep: true },
  )
}

/** Says what a change of an attribute would reach, before it is made; of a thing with nothing in it nothing. */
export function Reach({ name, attr }: { name: string; attr: AttrName }) {
  const { data } = useReach(name, attr)
  if (!data || data.total === 0) return null
  const types = data.types.filter(type => type.inherit > 0)
  return (
    <div className={style.info} role="status">
      <p>
        <Users size={15} aria-hidden /> <strong>{inheritText(data.inherit, types)}</strong>
        {data.override > 0 && <>; {data.override.toLocaleString('en')} {data.override === 1 ? 'overrides it' : 'override it'}</>}.
      </p>
      {data.inheriting.length > 0 && (
        <p className="quiet">Such as {data.inheriting.map((thing, i) => <span key={thing.name}>{i > 0 && ', '}<Thing name={thing.name} type={thing.type} /></span>)}.</p>
      )}
      {data.overriding.length > 0 && (
        <p className="quiet">
          Not {data.overriding.map((thing, i) => (
            <span key={thing.name}>
              {i > 0 && ', '}<Thing name={thing.name} type={thing.type} />{thing.from !== thing.name && <> (has it from <Thing name={thing.from} />)</>}
            </span>
          ))}.
        </p>
      )}
    </div>
  )
}

/** Returns how many inherit, by type where there is one type alone: "812 servers inherit this". */
export function inheritText(inherit: number, types: readonly { type: string; inherit: number }[]): string {
  if (inherit === 0) return 'Nothing in it inherits this'
  const [only] = types
  const what = types.length === 1 && only ? count(inherit, only.type) : count(inherit, 'thing')
  const each = types.length > 1 ? ` (${types.map(type => count(type.inherit, type.type)).join(', ')})` : ''
  return `${what}${each} ${inherit === 1 ? 'inherits' : 'inherit'} this`
}
