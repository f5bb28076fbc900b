import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useLive } from '@/api/live'
import { useRead } from '@/api/read'
import { useAt } from '@/time/at'
import { Badge, Empty, ErrorNote, Panel, Thing, Waiting, formatTime } from '@/ui'
import { attrsOf, deedsOf, newest, type LogEntry } from './summary'
import { useNow } from './visible'
import style from './Start.module.css'

const shown = 12

/** What is changing, as it happens. */
export function Changes() {
  const at = useAt()
  const live = useLive()
  const listed = useRead('/versions', { query: { limit: shown } }, { keep: true })
  const now = useNow()
  const entries = newest(at ? [] : live.changes, listed.data?.versions ?? [], shown)
  // Those that were there at first do not slide in.
  const [before, setBefore] = useState<number>()
  if (before === undefined && listed.data) setBefore(entries[0]?.version ?? 0)
  return (
    <Panel
      title={at ? 'What was changed until then' : <>What is changing {live.connected && <Badge tone="good">live</Badge>}</>}
      actions={<Link to="/history">History</Link>}
    >
      {listed.isPending && entries.length === 0 && <Waiting />}
      {listed.isError && <ErrorNote error={listed.error} />}
      {listed.isSuccess && entries.length === 0 && <Empty title="Nothing was changed yet." />}
      <ol className={style.feed} aria-live="polite" aria-relevant="additions">
        {entries.map(entry => (
          <li key={entry.version} className={before !== undefined && entry.version > before ? `${style.entry} ${style.fresh}` : style.entry}>
            <Version entry={entry} now={now} />
          </li>
        ))}
      </ol>
    </Panel>
  )
}

function Version({ entry, now }: { entry: LogEntry; now: Date }) {
  const attrs = attrsOf(entry)
  return (
    <>
      <p className={style.line}>
        <Link to="/history/$version" params={{ version: String(entry.version) }} className={style.version!}>{entry.version}</Link>
        <span>
          <strong className="name">{entry.user || 'somebody'}</strong>{' '}
          {deedsOf(entry).map((deed, i) => (
            <span key={deed.verb}>
              {i > 0 && ', '}{deed.verb}{' '}
              {deed.things.map((name, j) => (
                <span key={name}>{j > 0 && ', '}{deed.gone ? <span className="name">{name}</span> : <Thing name={name} />}</span>
              ))}
              {deed.more > 0 && ` and ${deed.more.toLocaleString('en')} more`}
            </span>
          ))}
          {attrs && <span className="quiet"> ({attrs})</span>}
        </span>
        <time dateTime={entry.time} title={entry.time && new Date(entry.time).toLocaleString('en-GB')} className={style.time}>{entry.time && formatTime(entry.time, now)}</time>
      </p>
      {entry.description && <p className={`${style.why} name`}>{entry.description}</p>}
    </>
  )
}
