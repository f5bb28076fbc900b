import { useQueries } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useEndless } from '@/api/endless'
import { read, useRead } from '@/api/read'
import { useMayChange } from '@/api/may'
import { useAt } from '@/time/at'
import { Button, count, Empty, ErrorNote, Field, Page, Panel, Table, Thing, Waiting } from '@/ui'
import { MakePoolDialog } from './dialogs'
import { OverlapPicture } from './OverlapPicture'
import { formatParts, partQuery } from './sets'
import style from './Pools.module.css'

const route = getRouteApi('/pools/')

/** How many pools can be laid over each other, and are counted at once. */
export const mostOverlapped = 32

/** The pools, and what those that are chosen have in common. */
export function PoolsPage() {
  const { q = '', pools = [], part } = route.useSearch()
  const navigate = useNavigate({ from: '/pools/' })
  const mayChange = useMayChange()
  const [making, setMaking] = useState(false)
  const list = useEndless(['pools'], async (get, cursor, version) => {
    const { data } = await get('/entities', { params: { query: { type: ['pool'], sort: 'name', fields: ['driver'], limit: 1000, ...(cursor ? { cursor } : {}), ...(version ? { at: version } : {}) } } })
    return { rows: data!.entities, next: data!.next }
  })
  const rows = list.rows.filter(row => row.name.toLowerCase().includes(q.trim().toLowerCase()))
  const sizes = useSizes(rows.slice(0, 320).map(row => row.name))
  const choose = (name: string) => {
    const next = pools.includes(name) ? pools.filter(one => one !== name) : [...pools, name]
    void navigate({ search: previous => ({ ...previous, pools: next, part: undefined }) as typeof previous, replace: true })
  }
  return (
    <Page
      title="Pools"
      about={list.rows.length > 0 && `${count(list.rows.length, 'pool')}${list.isAll ? '' : ' and more'}. Choose some to see what they have in common.`}
      actions={mayChange && <Button look="primary" onPress={() => setMaking(true)}><Plus aria-hidden /> Make a pool</Button>}
      fill
    >
      {list.error ? <ErrorNote error={list.error} /> : null}
      {list.isPending && <Waiting />}
      {!list.isPending && list.rows.length === 0 && !list.error && <Empty title="There is no pool yet.">{mayChange && 'A pool is a set of things: what is known about it holds for all that is in it.'}</Empty>}
      {list.rows.length > 0 && (
        <div className={style.halves}>
          <div className={style.half}>
            <Field label="Filter" value={q} onChange={text => void navigate({ search: previous => ({ ...previous, q: text || undefined }) as typeof previous, replace: true })} />
            <Table
              label="Pools"
              rows={rows}
              rowKey={row => row.name}
              onEnd={list.more}
              empty={<Empty title="No pool is like this." />}
              columns={[
                {
                  id: 'choose', head: <span className="visually-hidden">Choose</span>, width: '44px', cell: row => (
                    <input type="checkbox" aria-label={`Choose ${row.name}`} checked={pools.includes(row.name)} disabled={!pools.includes(row.name) && pools.length >= mostOverlapped} onChange={() => choose(row.name)} />
                  ),
                },
                { id: 'name', head: 'Name', cell: row => <Thing name={row.name} type="pool" special="pool" /> },
                { id: 'driver', head: 'Kind', cell: row => row.driver, width: '120px' },
                { id: 'size', head: 'Things', cell: row => sizes.get(row.name)?.toLocaleString('en') ?? '', end: true, width: '90px' },
              ]}
            />
          </div>
          {pools.length > 0 && <Common pools={pools} part={part} />}
        </div>
      )}
      {making && <MakePoolDialog onClose={() => setMaking(false)} onDone={name => void navigate({ to: '/pools/$name', params: { name } })} />}
    </Page>
  )
}

/** Returns how many things are in pools, at any depth. */
function useSizes(names: readonly string[]): Map<string, number> {
  const at = useAt()
  const few: string[][] = []
  for (let i = 0; i < names.length; i += mostOverlapped) few.push(names.slice(i, i + mostOverlapped))
  const answers = useQueries({ queries: few.map(pools => read('/sets/overlaps', { query: { pools, ...(at ? { at } : {}) } })) })
  return new Map(answers.flatMap(answer => answer.data?.pools.map(pool => [pool.name, pool.entities] as const) ?? []))
}

/** What some pools have in common, and what is in the part that is looked at. */
function Common({ pools, part }: { pools: readonly string[]; part: readonly string[] | undefined }) {
  const navigate = useNavigate({ from: '/pools/' })
  const overlaps = useRead('/sets/overlaps', { query: { pools: [...pools] } }, { keep: true })
  return (
    <div className={style.half}>
      <Panel
        title="What they have in common"
        actions={<Button small onPress={() => void navigate({ search: previous => ({ ...previous, pools: undefined, part: undefined }) as typeof previous })}>Choose none</Button>}
      >
        {overlaps.isPending && <Waiting />}
        {overlaps.isError && <ErrorNote error={overlaps.error} />}
        {overlaps.data && overlaps.data.total === 0 && <Empty title="There is nothing in them." />}
        {overlaps.data && overlaps.data.total > 0 && (
          <OverlapPicture overlaps={overlaps.data} part={part} onPart={next => void navigate({ search: previous => ({ ...previous, part: [...next] }), replace: true })} />
        )}
      </Panel>
      {part && part.length > 0 && <PartThings pools={pools} part={part} />}
    </div>
  )
}

/** What is in exactly some of the pools. */
function PartThings({ pools, part }: { pools: readonly string[]; part: readonly string[] }) {
  const found = useRead('/sets', { query: { all: [...part], none: pools.filter(pool => !part.includes(pool)) } }, { keep: true })
  const query = partQuery(pools, part)
  return (
    <section className={style.partThings}>
      <h2 className="name">{found.data ? count(found.data.entities.length, 'thing') : 'Things'} {formatParts(part, pools.length)}</h2>
      <p><Link to="/things" search={{ q: query }} className="mono name">{query}</Link></p>
      {found.isError && <ErrorNote error={found.error} />}
      <Table
        label="Things in this part"
        rows={found.data?.entities ?? []}
        rowKey={row => row.name}
        empty={found.isPending && <Waiting />}
        columns={[
          { id: 'name', head: 'Name', cell: row => <Thing name={row.name} type={row.type} /> },
          { id: 'type', head: 'Type', cell: row => row.type, width: '140px' },
        ]}
      />
    </section>
  )
}
