import type { Schemas } from '@/api/client'
import { Thing, formatValue } from '@/ui'
import style from '../thing.module.css'

/** What a method returned, with what else there is to say about it. */
export function Result({ result }: { result: Schemas['OperationResult'] }) {
  const value = result.value as unknown
  return (
    <div className={style.lines}>
      {value !== undefined && value !== null && <div><p className="quiet">Result</p><Shown value={value} /></div>}
      {[...(result.steps ?? []), ...(result.notes ?? [])].map((line, i) => <p key={i} className="name">{line}</p>)}
    </div>
  )
}

/** A value of a method: things are links, lists are lines. */
function Shown({ value }: { value: unknown }) {
  const name = nameOf(value)
  if (name !== undefined) return <Thing name={name} />
  if (Array.isArray(value)) {
    if (value.length === 0) return <p className="quiet">an empty list</p>
    if (value.every(item => nameOf(item) !== undefined || typeof item !== 'object')) return <ul className={style.pre}>{value.map((item, i) => <li key={i}><Shown value={item} /></li>)}</ul>
  }
  if (typeof value === 'object' && value !== null) return <pre className={style.pre}>{JSON.stringify(value, null, 2)}</pre>
  return <span className="mono name">{formatValue(value)}</span>
}

function nameOf(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null && 'entity' in value && typeof value.entity === 'string' && Object.keys(value).length === 1 ? value.entity : undefined
}
