import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { memo, useDeferredValue, useEffect, useMemo } from 'react'
import { api } from '@/api/client'
import { useReadNow, type Read } from '@/api/read'
import { useAt } from '@/time/at'
import { count, Empty, ErrorNote, Field, Page, Select, Waiting } from '@/ui'
import { ColourChooser, Legend } from './ColourChooser'
import { useColours, type Colours } from './colours'
import { beside, isHalf, runs } from './elevation'
import style from './racks.module.css'

const route = getRouteApi('/racks/')

type Summary = Read<'/racks'>['racks'][number]

/** Returns all racks in a container, page after page. */
function useRacks(container: string | undefined) {
  const at = useAt()
  const pages = useInfiniteQuery({
    queryKey: ['/racks', 'all', container, at],
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: 500, ...(container ? { in: container } : {}), ...(at ? { at } : {}), ...(pageParam ? { cursor: pageParam } : {}) }
      return (await api.GET('/racks', { params: { query }, signal })).data!
    },
    initialPageParam: '',
    getNextPageParam: page => page.next || undefined,
    ...(at ? { staleTime: Infinity } : {}),
  })
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  const racks = useMemo(() => pages.data?.pages.flatMap(page => page.racks), [pages.data])
  return { racks, error: pages.error, loading: pages.isPending || hasNextPage }
}

/** Every rack of a datacenter or of all, in rows. */
export function RacksPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { racks, error, loading } = useRacks(search.in)
  const datacenters = useReadNow('/entities', { query: { type: ['datacenter'], sort: 'name', limit: 1000 } })
  const colours = useColours(search, search.in)
  const wanted = useDeferredValue(search.find ?? '').toLowerCase()
  const fits = useMemo(() => (racks ?? []).filter(rack => (
    (!search.free || rack.free >= search.free) &&
    (!wanted || rack.name.toLowerCase().includes(wanted) || rack.row?.toLowerCase().includes(wanted) || rack.layout?.toLowerCase().includes(wanted) ||
      rack.devices.some(device => device.name.toLowerCase().includes(wanted)))
  )), [racks, wanted, search.free])
  const rows = useMemo(() => inRows(fits), [fits])
  const devices = useMemo(() => fits.flatMap(rack => rack.devices), [fits])
  const set = (more: Partial<typeof search>) => void navigate({ search: previous => ({ ...previous, ...more }), replace: true })
  const free = fits.reduce((sum, rack) => sum + rack.free, 0)
  return (
    <Page
      title="Racks"
      about={racks ? <>{count(fits.length, 'rack')}{fits.length !== racks.length && <> of {racks.length.toLocaleString('en')}</>}, {count(devices.length, 'device')}, {count(free, 'free unit')}{loading && ' so far …'}</> : undefined}
    >
      <div className={style.tools}>
        <Select
          label="In" value={search.in ?? '*'} onChange={id => set({ in: id === '*' ? undefined : id })}
          choices={[
            { id: '*', text: 'everywhere' }, ...(datacenters.data?.entities ?? []).map(entity => ({ id: entity.name, text: entity.name })),
            ...(search.in && !datacenters.data?.entities.some(entity => entity.name === search.in) ? [{ id: search.in, text: search.in }] : []),
          ]}
        />
        <Field label="Find" placeholder="rack, row, layout or device" value={search.find ?? ''} onChange={text => set({ find: text || undefined })} />
        <Field label="Free units, at least" inputMode="numeric" value={search.free ? String(search.free) : ''} onChange={text => set({ free: Number(text) > 0 ? Number(text) : undefined })} />
        <ColourChooser value={search} onChange={colour => set({ by: undefined, of: undefined, ...colour })} />
      </div>
      {error && <ErrorNote error={error} />}
      {colours.error ? <ErrorNote error={colours.error} /> : null}
      {loading && !racks && <Waiting what="Loading racks" />}
      {racks?.length === 0 && !loading && <Empty title="There are no racks"><p className="quiet">Make one with the driver basicrack, or with <code>clusto create</code>.</p></Empty>}
      {racks && racks.length > 0 && <Legend devices={devices} colours={colours} />}
      {rows.map(row => (
        <section key={`${row.datacenter}/${row.name}`} className={style.row} style={{ containIntrinsicSize: `auto ${60 + Math.ceil(row.racks.length / 14) * 190}px` }}>
          <h2 className="name">{[row.datacenter, row.name].filter(Boolean).join(' · ') || 'In no datacenter'} <span className="quiet">{count(row.racks.length, 'rack')}, {row.racks.reduce((sum, rack) => sum + rack.free, 0)} free</span></h2>
          <ul className={style.thumbs}>{row.racks.map(rack => <Thumb key={rack.name} rack={rack} colours={colours} />)}</ul>
        </section>
      ))}
    </Page>
  )
}

interface Row {
  datacenter: string
  name: string
  racks: Summary[]
}

/** Returns racks by the row in which they stand. */
export function inRows(racks: readonly Summary[]): Row[] {
  const rows = new Map<string, Row>()
  for (const rack of racks) {
    const key = JSON.stringify([rack.datacenter, rack.row])
    const row = rows.get(key)
    if (row) row.racks.push(rack)
    else rows.set(key, { datacenter: rack.datacenter ?? '', name: rack.row ?? '', racks: [rack] })
  }
  const compare = new Intl.Collator('en', { numeric: true }).compare
  for (const row of rows.values()) row.racks.sort((a, b) => compare(a.name, b.name))
  return [...rows.values()].sort((a, b) => compare(a.datacenter, b.datacenter) || compare(a.name, b.name))
}

const unit = 3
const width = 56

/** A rack in small: a bar for each device. */
const Thumb = memo(function Thumb({ rack, colours }: { rack: Summary; colours: Colours }) {
  const height = (rack.highest - rack.lowest + 1) * unit
  const rails = { left: beside(rack, 'left'), right: beside(rack, 'right') }
  return (
    <li>
      <Link to="/racks/$name" params={{ name: rack.name }} search={({ by, of }) => ({ ...(by ? { by } : {}), ...(of ? { of } : {}) })} preload={false} className={style.thumb!}>
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden>
          <rect className={style.thumbFrame} width={width} height={height} />
          {rack.devices.flatMap(device => runs(device.units).map(([low, high]) => {
            const half = isHalf(device)
            return (
              <rect
                key={`${device.name} ${low}`} x={half && device.side === 'right' ? width / 2 : 4} y={(rack.highest - high) * unit} width={half ? width / 2 - 4 : width - 8} height={(high - low + 1) * unit - 0.6}
                style={{ fill: colours.colour(device), opacity: colours.dim(device) ? 0.25 : 1 }}
              />
            )
          }))}
          {(['left', 'right'] as const).flatMap(side => rails[side].map((device, i) => (
            <rect key={device.name} x={side === 'left' ? i : width - 3 - i} y={0} width={3} height={height} style={{ fill: colours.colour(device), opacity: colours.dim(device) ? 0.25 : 1 }} />
          )))}
        </svg>
        <span className={`name ${style.thumbName}`}>{rack.name}</span>
        <span className={style.thumbFree}>{rack.free} free</span>
      </Link>
    </li>
  )
})
