import type { Schemas } from '@/api/client'
import { Badge, formatAttrName, formatValue, Thing } from '@/ui'
import { diffLines, hunks } from './lines'
import style from './history.module.css'

type AttrDiff = Schemas['AttrDiff']
type TypedValue = Schemas['TypedValue']

/** What became of an attribute: before and after, long texts line by line. */
export function AttrLine({ attr }: { attr: AttrDiff }) {
  const { was, is } = attr
  const types = was && is && was.type !== is.type
  return (
    <li className={style.attr}>
      <span className={style[attr.change]} aria-label={attr.change}>{attr.change === 'added' ? '+' : attr.change === 'removed' ? '−' : '~'}</span>
      <span className="mono name">{formatAttrName(attr)}</span>
      {isLong(was) || isLong(is) ? <LongChange was={was} is={is} /> : (
        <span className="mono name">
          {was && <del><Value value={was} /></del>}
          {types && <> <Badge>{was.type}</Badge></>}
          {was && is && ' → '}
          {is && <ins><Value value={is} /></ins>}
          {types && <> <Badge>{is.type}</Badge></>}
        </span>
      )}
    </li>
  )
}

function Value({ value }: { value: TypedValue }) {
  if (value.type === 'relation' && typeof value.value === 'string') return <Thing name={value.value} />
  if (value.type === 'datetime' && typeof value.value === 'string') return <time dateTime={value.value}>{value.value}</time>
  return formatValue(value.value) || '“”'
}

/** Returns a value as lines: JSON as people lay it out. */
function textOf(value: TypedValue | undefined): string {
  if (!value) return ''
  return typeof value.value === 'string' ? value.value : JSON.stringify(value.value, undefined, 2)
}

function isLong(value: TypedValue | undefined): boolean {
  if (!value) return false
  if (typeof value.value === 'string') return value.value.includes('\n') || value.value.length > 160
  return typeof value.value === 'object' && value.value !== null
}

function LongChange({ was, is }: { was: TypedValue | undefined; is: TypedValue | undefined }) {
  const lines = was && is ? diffLines(textOf(was), textOf(is)) : textOf(was ?? is).split('\n').map(text => ({ change: was ? 'removed' as const : 'added' as const, text }))
  return (
    <pre className={style.lines}>
      {hunks(lines).map((line, i) => {
        if ('skipped' in line) return <span key={i} className="quiet">… {line.skipped} {line.skipped === 1 ? 'line' : 'lines'} as before</span>
        if (line.change === 'removed') return <del key={i}>{line.text}</del>
        return line.change === 'added' ? <ins key={i}>{line.text}</ins> : <span key={i}>{line.text}</span>
      })}
    </pre>
  )
}
