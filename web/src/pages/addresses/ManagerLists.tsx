import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Operation } from '@/api/change'
import { useEndless } from '@/api/endless'
import { useRead } from '@/api/read'
import { useMayChange } from '@/api/may'
import { Button, ChangeDialog, Empty, ErrorNote, Field, formatValue, Table, Thing, Waiting } from '@/ui'
import { formatCount } from './ip'
import type { Asked } from './ManagerPage'
import type { Manager } from './tree'
import style from './ManagerPage.module.css'

/** What a manager has handed out, and to whom. */
export function Given({ manager, onAddress }: { manager: Manager; onAddress: ((address: string) => void) | undefined }) {
  const mayChange = useMayChange()
  const [only, setOnly] = useState('')
  const [operations, setOperations] = useState<Operation[]>()
  const { name } = manager
  const list = useEndless(['allocations', name, only.trim()], async (get, cursor, version) => {
    const query = { limit: 1000, ...(cursor ? { cursor } : {}), ...(version ? { at: version } : {}), ...(only.trim() ? { resource: only.trim() } : {}) }
    const { data } = await get('/managers/{name}/allocations', { params: { path: { name }, query } })
    return { rows: data!.allocations, next: data!.next }
  })
  return (
    <div className={style.list}>
      <div className={style.find}><Field label="Only this one" mono value={only} onChange={setOnly} placeholder={manager.network ? '10.0.0.5' : ''} /></div>
      {list.error ? <ErrorNote error={list.error} /> : null}
      <Table
        label="Handed out"
        rows={list.rows}
        rowKey={row => `${row.entity} ${row.number}`}
        onEnd={list.more}
        empty={list.isPending ? <Waiting /> : <Empty title="Nobody has anything of it." />}
        columns={[
          {
            id: 'resource', head: manager.network ? 'Address' : 'What', cell: row => onAddress
              ? <Button look="plain" small onPress={() => onAddress(row.resource)}><span className="mono">{row.resource}</span></Button>
              : <span className="mono name">{row.resource}</span>,
            width: 'minmax(140px, 1fr)',
          },
          { id: 'entity', head: 'Of', cell: row => <Thing name={row.entity} /> },
          { id: 'port', head: 'Port', cell: row => <span className="mono name">{row.os_port}</span>, width: '110px' },
          ...(!mayChange || manager.driver === 'simpleentitynamemanager' ? [] : [{
            id: 'release', head: <span className="visually-hidden">Release</span>, width: '100px',
            cell: (row: { entity: string; resource: string }) => (
              <Button look="plain" small aria-label={`Release ${row.resource} of ${row.entity}`} onPress={() => setOperations([{ deallocate: { manager: name, entity: row.entity, resource: row.resource } }])}>Release</Button>
            ),
          }]),
        ]}
      />
      <ChangeDialog title="Release" operations={operations} onClose={() => setOperations(undefined)} verb="Release" danger />
    </div>
  )
}

/** The free ranges of a manager. */
export function Free({ manager, onAsk }: { manager: Manager; onAsk: ((asked: Asked) => void) | undefined }) {
  const free = useRead('/managers/{name}/free', { path: { name: manager.name }, query: { limit: 1000 } })
  if (free.isPending) return <Waiting />
  if (free.isError) return <ErrorNote error={free.error} />
  return (
    <div className={style.list}>
      {free.data.more && <p className="quiet">The first 1,000 ranges.</p>}
      <Table
        label="Free ranges"
        rows={free.data.ranges}
        rowKey={row => row.first}
        empty={<Empty title="Nothing is free." />}
        columns={[
          {
            id: 'range', head: 'Range', cell: row => {
              const text = row.first === row.last ? row.first : `${row.first} – ${row.last}`
              return onAsk ? <Button look="plain" small onPress={() => onAsk({ what: 'give', first: row.first })}><span className="mono name">{text}</span></Button> : <span className="mono name">{text}</span>
            },
          },
          { id: 'size', head: 'Size', cell: row => row.size !== undefined && formatCount(row.size), end: true, width: '120px' },
          ...(onAsk ? [{
            id: 'do', head: <span className="visually-hidden">Actions</span>, width: '190px',
            cell: (row: { first: string; last: string }) => (
              <span className={style.rowButtons}>
                <Button look="plain" small aria-label={`Allocate ${row.first}`} onPress={() => onAsk({ what: 'give', first: row.first })}>Allocate</Button>
                <Button look="plain" small aria-label={`Reserve ${row.first} to ${row.last}`} onPress={() => onAsk({ what: 'reserve', first: row.first, last: row.first === row.last ? '' : row.last })}>Reserve</Button>
              </span>
            ),
          }] : []),
        ]}
      />
    </div>
  )
}

/** What of a manager is handed out only to whom says so. */
export function Reserved({ manager }: { manager: Manager }) {
  const mayChange = useMayChange()
  const [operations, setOperations] = useState<Operation[]>()
  const rows = manager.reservations ?? []
  if (rows.length === 0) return <Empty title="Nothing is reserved." />
  return (
    <div className={style.list}>
      <Table
        label="Reservations"
        rows={rows}
        rowKey={row => row.text}
        columns={[
          { id: 'what', head: 'What', cell: row => <span className="mono name">{row.text}</span> },
          { id: 'reason', head: 'Reason', cell: row => <span className="name">{row.reason}</span> },
          ...(!mayChange ? [] : [{
            id: 'end', head: <span className="visually-hidden">End</span>, width: '90px',
            cell: (row: (typeof rows)[number]) => (
              <Button look="plain" small aria-label={`End the reservation ${row.text}`} onPress={() => setOperations([{ unreserve: { manager: manager.name, first: row.first ?? row.text, ...(row.last ? { last: row.last } : {}) } }])}>End</Button>
            ),
          }]),
        ]}
      />
      <ChangeDialog title="End the reservation" operations={operations} onClose={() => setOperations(undefined)} verb="End it" />
    </div>
  )
}

/** What is known about a manager itself. */
export function Properties({ manager }: { manager: Manager }) {
  return (
    <dl className={style.properties}>
      <dt>driver</dt><dd className="mono">{manager.driver}</dd>
      {Object.entries(manager.properties ?? {}).map(([key, value]) => <PropertyRow key={key} name={key} value={value} />)}
      <dt>all attributes</dt><dd><Link to="/things/$name" params={{ name: manager.name }} className="name">{manager.name}</Link></dd>
    </dl>
  )
}

function PropertyRow({ name, value }: { name: string; value: unknown }) {
  return <><dt className="mono">{name}</dt><dd className="mono name">{formatValue(value)}</dd></>
}
