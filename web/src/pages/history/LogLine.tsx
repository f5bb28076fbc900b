import { Link } from '@tanstack/react-router'
import type { Schemas } from '@/api/client'
import { Button, count, Thing } from '@/ui'
import { clock } from './days'
import { Words } from './Words'
import style from './history.module.css'

type LogEntry = Schemas['LogEntry']

/** One version in the log: when, who, what in words, and why. */
export function LogLine({ entry, onUser }: { entry: LogEntry; onUser: (user: string) => void }) {
  const lines = entry.lines ?? []
  return (
    <article className={style.line}>
      <Link to="/history/$version" params={{ version: String(entry.version) }} className={style.when!} data-version={entry.version}>
        <span className="visually-hidden">Version {entry.version}, </span>
        <time dateTime={entry.time}>{entry.time ? clock(entry.time) : '–'}</time>
        <span className="quiet" aria-hidden>{entry.version}</span>
      </Link>
      {entry.user ? (
        <Button look="plain" small className={style.user!} onPress={() => onUser(entry.user)} aria-label={`Only by ${entry.user}`}>
          <span className="name">{entry.user}</span>
        </Button>
      ) : <span className="quiet">nobody</span>}
      <div className={style.what}>
        {lines.map((line, i) => (
          <p key={i}>
            {i > 0 && lines[i - 1]!.thing === line.thing ? <span className={style.again} aria-hidden>…</span> : subject(entry, line)}{' '}
            <Words words={line.words} />
          </p>
        ))}
        {lines.length === 0 && <p><Sums entry={entry} /></p>}
        {(entry.more ?? 0) > 0 && <p className="quiet">and {count(entry.more!, 'more thing', 'more things')} that happened</p>}
        {entry.description && <p className={`quiet name ${style.why}`}>{entry.description}</p>}
      </div>
    </article>
  )
}

function subject(entry: LogEntry, line: Schemas['LogLine']) {
  if (entry.deleted?.includes(line.thing)) return <strong className="name">{line.thing}</strong>
  return <Thing name={line.thing} type={line.type} />
}

/** Sums up a version that did too much for sentences. */
export function Sums({ entry }: { entry: LogEntry }) {
  const sums = [
    sum('made', entry.made, entry.made_count), sum('deleted', entry.deleted), sum('renamed', entry.renamed?.map(rename => rename.to)), sum('changed', entry.changed), entry.summed && entry.changed?.length ? 'and perhaps others' : '',
    entry.redacted ? `${count(entry.redacted, 'old value')} taken out of the history` : '',
  ].filter(Boolean)
  return <span className="name">{sums.join(', ') || 'Nothing that you may see.'}</span>
}

function sum(what: string, names: readonly string[] = [], all = names.length): string {
  if (names.length === 0) return ''
  return all <= 3 ? `${what} ${names.join(', ')}` : `${what} ${names.slice(0, 2).join(', ')} and ${(all - 2).toLocaleString('en')} more`
}
