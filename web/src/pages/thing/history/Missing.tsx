import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Operation } from '@/api/change'
import { Problem } from '@/api/problem'
import { useReadNow } from '@/api/read'
import { Button, ChangeDialog, Empty, Page, Panel, Thing, Waiting, formatTime } from '@/ui'
import { useMayChange } from '@/api/may'
import { useAt, useGoTo } from '@/time/at'
import { endOf, type End } from './summary'
import style from '../thing.module.css'

/** The page of a thing that is not there: it says what became of it, and brings it back. */
export function Missing({ name }: { name: string }) {
  const at = useAt()
  const goTo = useGoTo()
  const log = useReadNow('/versions', { query: { about: [name], limit: 200 } })
  const end = log.data && endOf(log.data.versions, name)
  return (
    <Page title={name}>
      {at ? (
        <Panel title="It was not there">
          <Empty title={`At ${at} there was nothing of this name.`}><Button onPress={() => goTo(undefined)}>Look at now</Button></Empty>
        </Panel>
      ) : log.isPending ? <Waiting /> : end ? <Ended name={name} end={end} /> : <Unknown name={name} />}
    </Page>
  )
}

function Ended({ name, end }: { name: string; end: End }) {
  const [operations, setOperations] = useState<Operation[]>()
  const goTo = useGoTo()
  const mayChange = useMayChange()
  const { entry } = end
  return (
    <Panel title={end.how === 'deleted' ? 'It was deleted' : 'It was renamed'}>
      <div className={style.stack}>
        <p>
          <span className="name">{name}</span> {end.how === 'deleted' ? 'was deleted' : <>was renamed to <Thing name={end.to} /></>} in{' '}
          <Link to="/history/$version" params={{ version: String(entry.version) }}>version {entry.version}</Link> by{' '}
          <strong className="name">{entry.user || 'somebody'}</strong>{entry.time && <>, <time dateTime={entry.time}>{formatTime(entry.time)}</time></>}.
          {entry.description && <span className="quiet name"> “{entry.description}”</span>}
        </p>
        <div className={style.buttons}>
          {end.how === 'deleted' && mayChange && <Button look="primary" onPress={() => setOperations([{ undelete: { name } }])}>Bring it back</Button>}
          <Button onPress={() => goTo(String(entry.version - 1))}>Show it as it was</Button>
        </div>
      </div>
      <ChangeDialog title={<>Bring back <span className="name">{name}</span></>} verb="Bring back" operations={operations} onClose={() => setOperations(undefined)}>
        <p className="quiet">It comes back with its attributes, its cables, its places and its addresses, as far as nobody else has them now.</p>
      </ChangeDialog>
    </Panel>
  )
}

function Unknown({ name }: { name: string }) {
  const near = useReadNow('/search', { query: { q: name.slice(0, 1000), limit: 10 } })
  const hits = near.data?.hits ?? []
  const guess = useReadNow('/search', { query: { q: name.slice(0, 1000), exact: true } }, { enabled: near.isSuccess && hits.length === 0 })
  return (
    <Panel title="It is not there">
      <Empty title="Nothing is called that, nor ever was.">
        {hits.length > 0 && <p>Did you mean {hits.map((hit, i) => <span key={hit.name}>{i > 0 && ', '}<Thing name={hit.name} type={hit.type} /></span>)}?</p>}
        {hits.length === 0 && guess.error instanceof Problem && <p className="quiet name">{guess.error.hint}</p>}
      </Empty>
    </Panel>
  )
}
