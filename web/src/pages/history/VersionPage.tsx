import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { useReadNow } from '@/api/read'
import { useMayChange } from '@/api/may'
import { useAt, useGoTo } from '@/time/at'
import { Button, ErrorNote, formatTime, Page, Waiting } from '@/ui'
import { Reading } from './Reading'
import type { ReadingSearch } from './search'
import { UndoDialog, type Undo } from './UndoDialog'
import style from './history.module.css'

const route = getRouteApi('/history/$version')

/** One version: who made it, when and why, and all that it changed. */
export function VersionPage() {
  const { version } = route.useParams()
  const filter = route.useSearch()
  const navigate = useNavigate({ from: '/history/$version' })
  const goTo = useGoTo()
  const at = useAt()
  const mayChange = useMayChange()
  const [undo, setUndo] = useState<Undo>()
  const about = useReadNow('/versions', { query: { until: version, limit: 2 } }, { enabled: /^\d+$/.test(version) })
  const after = useReadNow('/versions', { query: { after: Number(version) || 0, oldest_first: true, limit: 1 } }, { enabled: /^\d+$/.test(version) })
  const [shown, before] = about.data?.versions ?? []
  const next = after.data?.versions[0]
  const entry = shown && String(shown.version) === version ? shown : undefined
  const onFilter = (search: ReadingSearch) => void navigate({ search: current => ({ ...('at' in current ? { at: current.at as string } : {}), ...search }) })
  return (
    <Page
      title={`Version ${version}`}
      fill
      about={entry && (
        <span className={style.head}>
          <Link to="/history" search={{ user: entry.user }} className="name">{entry.user || 'nobody'}</Link>
          {entry.time && <time dateTime={entry.time} title={new Date(entry.time).toLocaleString('en-GB')}>{formatTime(entry.time)}</time>}
          {entry.origin && <span>from {entry.origin}</span>}
        </span>
      )}
      actions={
        <>
          <Step version={before?.version} text="Older" icon={<ChevronLeft />} />
          <Step version={next?.version} text="Newer" icon={<ChevronRight />} />
          {at !== version && <Button onPress={() => goTo(version)}>Look at all as of then</Button>}
          <Button look="primary" isDisabled={!entry || !mayChange} onPress={() => setUndo({ revert: [Number(version)] })}>Revert</Button>
        </>
      }
    >
      {entry?.description && <p className={`name ${style.reason}`}>{entry.description}</p>}
      {about.isPending && about.fetchStatus !== 'idle' && <Waiting />}
      {about.isError && <ErrorNote error={about.error} />}
      {about.isSuccess && !entry && <ErrorNote error={new Error(`There is no version ${version}, or nothing in it that you may see.`)} />}
      {!/^\d+$/.test(version) && <ErrorNote error={new Error(`${version} is not the number of a version.`)} />}
      {entry && <Reading what={{ to: version }} filter={filter} onFilter={onFilter} />}
      <UndoDialog undo={undo} onUndo={setUndo} onDone={changed => changed.version && void navigate({ to: '/history/$version', params: { version: String(changed.version) } })} />
    </Page>
  )
}

/** Leads to another version, if there is one. */
function Step({ version, text, icon }: { version: number | undefined; text: string; icon: React.ReactNode }) {
  if (version === undefined) return <Button isDisabled>{icon} {text}</Button>
  return <Link to="/history/$version" params={{ version: String(version) }} className={style.action!}>{icon} {text}</Link>
}
