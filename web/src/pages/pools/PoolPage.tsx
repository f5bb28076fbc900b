import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { PackagePlus, Plus, Trash2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { DropZone, isTextDropItem } from 'react-aria-components'
import type { Operation } from '@/api/change'
import { useEndless } from '@/api/endless'
import { useRead } from '@/api/read'
import type { Schemas } from '@/api/client'
import { useMayChange } from '@/api/may'
import { Button, ChangeDialog, count, Empty, ErrorNote, Field, Page, Table, Thing, Waiting } from '@/ui'
import { MakePoolDialog } from './dialogs'
import { membersOf } from './members'
import { dragged, PutIn } from './PutIn'
import { quoted } from './sets'
import style from './Pools.module.css'

type Entity = Schemas['Entity']

const route = getRouteApi('/pools/$name')

interface Asked {
  title: string
  verb: string
  operations: Operation[]
  danger?: boolean
  gone?: boolean
}

/** One pool: what is in it, what it is in, and putting in and taking out. */
export function PoolPage() {
  const { name } = route.useParams()
  const { q = '', add } = route.useSearch()
  const navigate = useNavigate({ from: '/pools/$name' })
  const mayChange = useMayChange()
  const [text, setText] = useState(q)
  const [making, setMaking] = useState(false)
  const [asked, setAsked] = useState<Asked>()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const size = useRead('/sets/overlaps', { query: { pools: [name] } })
  const pool = useRead('/entities/{name}', { path: { name }, query: { expand: ['parents'] } })
  const members = useMembers(name, q)
  useEffect(() => {
    const timer = setTimeout(() => text.trim() !== q && void navigate({ search: previous => ({ ...previous, q: text.trim() || undefined }) as typeof previous, replace: true }), 300)
    return () => clearTimeout(timer)
  }, [text, q, navigate])
  const direct = (row: Entity) => row.parents?.some(parent => parent.name === name && parent.depth === 1) ?? false
  const putIn = (names: readonly string[]) =>
    setAsked({ title: `Put ${count(names.length, 'thing')} into ${name}`, verb: 'Put in', operations: names.map(entity => ({ insert: { entity, container: name } })) })
  const takeOut = () =>
    setAsked({ title: `Take ${count(chosen.size, 'thing')} out of ${name}`, verb: 'Take out', operations: [...chosen].map(entity => ({ remove: { entity, container: name } })) })
  const putInNew = async (names: readonly string[]) => {
    const inside = await membersOf(name)
    const news = names.filter(one => !inside.has(one) && one !== name)
    putIn(news.length > 0 ? news : names)
  }
  const parents = pool.data?.parents?.filter(parent => parent.depth === 1) ?? []
  const wrong = pool.isSuccess && pool.data.type !== 'pool'
  const choosable = members.rows.filter(direct)
  const allChosen = choosable.length > 0 && choosable.every(row => chosen.has(row.name))
  return (
    <Page
      title={name}
      about={<span className={style.about}><Link to="/pools">Pools</Link> · {size.data && count(size.data.total, 'thing')} · <Link to="/things/$name" params={{ name }}>attributes and history</Link> · <Link to="/things" search={{ q: `pool = ${quoted(name)}` }}>as a list</Link></span>}
      actions={mayChange && pool.isSuccess && !wrong && (
        <>
          <Button look={add ? 'normal' : 'primary'} aria-pressed={Boolean(add)} onPress={() => void navigate({ search: previous => ({ ...previous, add: add ? undefined : 'pick' }) as typeof previous })}><PackagePlus aria-hidden /> {add ? 'Close' : 'Put in'}</Button>
          <Button onPress={() => setMaking(true)}><Plus aria-hidden /> Pool in it</Button>
          <Button look="danger" onPress={() => setAsked({ title: `Delete the pool ${name}`, verb: 'Delete', operations: [{ delete: { entity: name } }], danger: true, gone: true })}><Trash2 aria-hidden /> Delete</Button>
        </>
      )}
      fill
    >
      {pool.isError && <ErrorNote error={pool.error} />}
      {wrong && <p><Thing name={name} type={pool.data.type} /> is no pool, but a {pool.data.type}.</p>}
      {parents.length > 0 && (
        <p className={style.chips}>It is in {parents.map(parent => parent.type === 'pool'
          ? <Link key={parent.name} to="/pools/$name" params={{ name: parent.name }} className="name">{parent.name}</Link>
          : <Thing key={parent.name} name={parent.name} type={parent.type} />)}
        </p>
      )}
      {pool.isSuccess && !wrong && (
        <div className={style.halves}>
          <DropZone
            className={style.drop!}
            isDisabled={!mayChange}
            getDropOperation={types => (types.has(dragged) ? 'copy' : 'cancel')}
            onDrop={event => void Promise.all(event.items.filter(isTextDropItem).map(item => item.getText(dragged))).then(putInNew)}
          >
            <div className={style.bar}>
              <Field label="Only what this query finds" mono value={text} onChange={setText} placeholder="type = server" />
              {mayChange && <Button isDisabled={chosen.size === 0} onPress={takeOut}>Take out {chosen.size > 0 && chosen.size.toLocaleString('en')}</Button>}
            </div>
            {members.error ? <ErrorNote error={members.error} /> : null}
            <Table
              label="What is in it"
              rows={members.rows}
              rowKey={row => row.name}
              onEnd={members.more}
              empty={members.isPending ? <Waiting /> : <Empty title={q ? 'Nothing in it is found.' : 'The pool is empty.'}>{mayChange && !q && 'Put things in from a list, by a query or by their names.'}</Empty>}
              columns={[
                ...(!mayChange ? [] : [{
                  id: 'choose', width: '44px',
                  head: <input type="checkbox" aria-label="Choose all that are loaded" checked={allChosen} onChange={() => setChosen(allChosen ? new Set() : new Set(choosable.map(row => row.name)))} />,
                  cell: (row: Entity) => direct(row) && <input type="checkbox" aria-label={`Choose ${row.name}`} checked={chosen.has(row.name)} onChange={() => setChosen(toggled(chosen, row.name))} />,
                }]),
                { id: 'name', head: 'Name', cell: row => row.type === 'pool' ? <Thing name={row.name} type="pool" special="pool" /> : <Thing name={row.name} type={row.type} /> },
                { id: 'type', head: 'Type', cell: row => row.type, width: '130px' },
                { id: 'through', head: 'Through', cell: row => !direct(row) && <span className="quiet name">{through(row)}</span>, width: 'minmax(80px, 0.6fr)' },
              ]}
            />
          </DropZone>
          {add && mayChange && <PutIn pool={name} way={add} onWay={way => void navigate({ search: previous => ({ ...previous, add: way }), replace: true })} onPutIn={names => void putInNew(names)} />}
        </div>
      )}
      {making && <MakePoolDialog inside={name} onClose={() => setMaking(false)} />}
      <ChangeDialog
        title={asked?.title}
        operations={asked?.operations}
        verb={asked?.verb ?? ''}
        danger={asked?.danger ?? false}
        onClose={() => setAsked(undefined)}
        onDone={() => {
          setChosen(new Set())
          if (asked?.gone) void navigate({ to: '/pools' })
        }}
      >
        {asked?.gone && <p>What is in it stays in the inventory, but loses what it inherits from the pool.</p>}
      </ChangeDialog>
    </Page>
  )
}

/** What is in a pool at any depth, as far as a query finds it, page after page. */
function useMembers(name: string, query: string) {
  return useEndless(['members', name, query], async (get, cursor, version) => {
    const { data } = await get('/entities', {
      params: {
        query: {
          in: name, sort: 'name', limit: 500, fields: ['type'], expand: ['parents'],
          ...(query ? { query } : {}), ...(cursor ? { cursor } : {}), ...(version ? { at: version } : {}),
        },
      },
    })
    return { rows: data!.entities, next: data!.next }
  })
}

function toggled(set: ReadonlySet<string>, name: string): Set<string> {
  const next = new Set(set)
  if (!next.delete(name)) next.add(name)
  return next
}

/** Says through which pools something is in a pool that it is not in directly. */
function through(row: Entity): string {
  return (row.parents ?? []).filter(parent => parent.depth === 1 && parent.type === 'pool').map(parent => parent.name).join(', ')
}
