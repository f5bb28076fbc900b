import { X } from 'lucide-react'
import { useState } from 'react'
import type { Operation } from '@/api/change'
import type { Schemas } from '@/api/client'
import { useRead } from '@/api/read'
import { useMayChange } from '@/api/may'
import { Button, ChangeDialog, Empty, ErrorNote, Panel, Table, Thing, Waiting, count } from '@/ui'
import { unitsText } from '../Place'
import style from '../thing.module.css'
import { unchanged, useThingSearch, type ThingData } from '../useThing'
import { PutDialog } from './PutDialog'

type Placement = Schemas['Placement']

/** What is in a thing, and what it is in. */
export function ContentsPart({ thing }: { thing: ThingData }) {
  return (
    <div className={style.stack}>
      <Containers thing={thing} />
      <Contents thing={thing} />
    </div>
  )
}

function Containers({ thing }: { thing: ThingData }) {
  const mayChange = useMayChange()
  const [operations, setOperations] = useState<Operation[]>()
  const [putting, setPutting] = useState(false)
  const parents = thing.parents ?? []
  return (
    <Panel title="It is in" actions={mayChange && <Button small onPress={() => setPutting(true)}>Put it into</Button>}>
      {parents.length === 0 ? <p className="quiet">Nothing.</p> : (
        <table className={style.plainTable}>
          <thead><tr><th scope="col">Container</th><th scope="col">Type</th><th scope="col">Where</th><th scope="col"><span className="visually-hidden">Actions</span></th></tr></thead>
          <tbody>
            {parents.map(parent => (
              <tr key={parent.name}>
                <th scope="row"><Thing name={parent.name} type={parent.type} /></th>
                <td>{parent.type}</td>
                <td>{where(parent)}</td>
                <td className={style.end}>
                  {mayChange && parent.depth === 1 && (
                    <Button small look="plain" aria-label={`Take out of ${parent.name}`} onPress={() => setOperations([{ remove: { entity: thing.name, container: parent.name } }])}><X /> Take out</Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {putting && <PutDialog thing={thing} into onClose={() => setPutting(false)} />}
      <ChangeDialog title="Take it out" verb="Take out" danger operations={operations} ifMatch={unchanged(thing)} onClose={() => setOperations(undefined)} />
    </Panel>
  )
}

/** Returns where something is in a container, or through what it is in it. */
function where(placed: Placement) {
  if (placed.depth === 1) return placed.rack_units?.length ? unitsText(placed.rack_units) : 'directly'
  return <span className="quiet">by <Thing name={placed.via ?? ''} /></span>
}

function Contents({ thing }: { thing: ThingData }) {
  const mayChange = useMayChange()
  const [search, setSearch] = useThingSearch()
  const [operations, setOperations] = useState<Operation[]>()
  const [putting, setPutting] = useState(false)
  const deep = search.deep ?? false
  const list = useRead('/entities/{name}/contents', { path: { name: thing.name }, query: { deep } }, { keep: true })
  const rows = list.data?.entities ?? []
  return (
    <Panel
      title={list.data ? `In it: ${count(rows.length, 'thing')}` : 'In it'}
      actions={
        <span className={style.buttons}>
          <label className={style.check}><input type="checkbox" checked={deep} onChange={e => setSearch({ deep: e.target.checked || undefined })} /> At any depth</label>
          {mayChange && <Button small onPress={() => setPutting(true)}>Put something in</Button>}
        </span>
      }
    >
      {list.isPending && <Waiting />}
      {list.isError && <ErrorNote error={list.error} />}
      {list.data && rows.length === 0 && <Empty title="Nothing is in it." />}
      {rows.length > 0 && (
        <div className={style.fill} style={{ height: `min(70dvh, ${(rows.length + 1) * 34 + 20}px)`, minHeight: 0 }}>
          <Table<Placement>
            label="Contents" rows={rows} rowKey={row => row.name}
            columns={[
              { id: 'name', head: 'Name', cell: row => <Thing name={row.name} type={row.type} />, width: 'minmax(180px, 2fr)' },
              { id: 'type', head: 'Type', cell: row => row.type, width: 'minmax(110px, 1fr)' },
              { id: 'driver', head: 'Driver', cell: row => <span className="mono">{row.driver}</span>, width: 'minmax(130px, 1fr)' },
              { id: 'where', head: 'Where', cell: where, width: 'minmax(110px, 1fr)' },
              {
                id: 'actions', head: <span className="visually-hidden">Actions</span>, end: true, width: '110px',
                cell: row => mayChange && row.depth === 1 && (
                  <Button small look="plain" aria-label={`Take out ${row.name}`} onPress={() => setOperations([{ remove: { entity: row.name, container: thing.name } }])}><X /> Take out</Button>
                ),
              },
            ]}
          />
        </div>
      )}
      {putting && <PutDialog thing={thing} onClose={() => setPutting(false)} />}
      <ChangeDialog title={<>Take out of <span className="name">{thing.name}</span></>} verb="Take out" danger operations={operations} ifMatch={unchanged(thing)} onClose={() => setOperations(undefined)} />
    </Panel>
  )
}
