import { Link } from '@tanstack/react-router'
import { Undo2 } from 'lucide-react'
import { useState } from 'react'
import type { Operation } from '@/api/change'
import type { Schemas } from '@/api/client'
import { useRead, useReadNow } from '@/api/read'
import { useMayChange } from '@/api/may'
import { Button, ChangeDialog, Diff, Empty, ErrorNote, Panel, Waiting, formatTime } from '@/ui'
import style from '../thing.module.css'
import { useThingSearch, type ThingData } from '../useThing'
import { summary } from './summary'

type LogEntry = Schemas['LogEntry']

const page = 100

/** The versions that touched a thing, what they did to it, and how to undo them. */
export function HistoryPart({ thing }: { thing: ThingData }) {
  const [search, setSearch] = useThingSearch()
  const [limit, setLimit] = useState(page)
  const [operations, setOperations] = useState<Operation[]>()
  const mayChange = useMayChange()
  const log = useRead('/versions', { query: { about: [thing.name], limit } }, { keep: true })
  const comparing = search.from !== undefined
  return (
    <div className={style.stack}>
      {comparing && <Compared name={thing.name} from={search.from!} to={search.to} onClose={() => setSearch({ from: undefined, to: undefined })} />}
      <Panel title="Versions that touched it">
        {log.isPending && <Waiting />}
        {log.isError && <ErrorNote error={log.error} />}
        {log.data?.versions.length === 0 && <Empty title="No version is known that touched it." />}
        {log.data && log.data.versions.length > 0 && (
          <div className={style.scroll}>
            <table className={style.plainTable}>
              <thead>
                <tr>
                  <th scope="col">Version</th><th scope="col">When</th><th scope="col">Who</th><th scope="col">What</th>
                  <th scope="col">Compare</th><th scope="col"><span className="visually-hidden">Actions</span></th>
                </tr>
              </thead>
              <tbody>
                {log.data.versions.map(entry => (
                  <Entry
                    key={entry.version} entry={entry} name={thing.name} from={search.from} to={search.to} onCompare={setSearch}
                    onRevert={mayChange ? () => setOperations([{ revert: { versions: [entry.version] } }]) : undefined}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
        {log.data?.next && limit < 10_000 && <Button small onPress={() => setLimit(limit + page)}>Older ones</Button>}
      </Panel>
      <ChangeDialog title="Undo a version" verb="Undo it" operations={operations} onClose={() => setOperations(undefined)}>
        <p className="quiet">All that the version changed becomes as it was before, also of other things. What was changed again since is a conflict, and then nothing is undone.</p>
      </ChangeDialog>
    </div>
  )
}

function Entry({ entry, name, from, to, onCompare, onRevert }: {
  entry: LogEntry
  name: string
  from: number | undefined
  to: number | undefined
  onCompare: (change: { from?: number; to?: number }) => void
  onRevert: (() => void) | undefined
}) {
  const { version } = entry
  return (
    <tr>
      <th scope="row"><Link to="/history/$version" params={{ version: String(version) }}>{version}</Link></th>
      <td title={entry.time ? new Date(entry.time).toISOString() : undefined} style={{ whiteSpace: 'nowrap' }}>{entry.time && formatTime(entry.time)}</td>
      <td className="name">{entry.user || 'somebody'}</td>
      <td className={style.whole}>
        <span className="name">{entry.description}</span> <span className="quiet name">{summary(entry, name)}</span>
      </td>
      <td style={{ whiteSpace: 'nowrap' }}>
        <label><input type="radio" name="from" aria-label={`Compare from version ${version}`} checked={from === version} onChange={() => onCompare({ from: version })} /> from</label>{' '}
        <label><input type="radio" name="to" aria-label={`Compare to version ${version}`} checked={to === version} disabled={from === undefined} onChange={() => onCompare({ to: version })} /> to</label>
      </td>
      <td className={style.end}>
        <span className={style.actions}>
          <Button small look="plain" onPress={() => onCompare({ from: version - 1, to: version })} aria-label={`Changes of version ${version}`}>Changes</Button>
          <Link to="." search={previous => ({ ...previous, at: String(version), tab: undefined, from: undefined, to: undefined }) as never} aria-label={`As of then, version ${version}`}>As of then</Link>
          {onRevert && <Button small look="plain" aria-label={`Undo version ${version}`} onPress={onRevert}><Undo2 /></Button>}
        </span>
      </td>
    </tr>
  )
}

function Compared({ name, from, to, onClose }: { name: string; from: number; to: number | undefined; onClose: () => void }) {
  const [first, last] = to !== undefined && to < from ? [to, from] : [from, to]
  const diff = useReadNow('/diff', { query: { from: String(first), ...(last === undefined ? {} : { to: String(last) }), about: [name] } })
  const title = last === first + 1 ? `What version ${last} changed of it` : `From version ${first} to ${last ?? 'now'}`
  return (
    <Panel title={title} actions={<Button small onPress={onClose}>Close</Button>}>
      {diff.isPending && <Waiting />}
      {diff.isError && <ErrorNote error={diff.error} />}
      {diff.data && <Diff entities={diff.data.entities} />}
    </Panel>
  )
}
