import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import { useRead } from '@/api/read'
import { FilterField } from '@/pages/history/FilterField'
import { Button, count, Empty, ErrorNote, kindColor, Menu, Page, Select, Waiting } from '@/ui'
import { download, pngOf } from './download'
import { wiresOf } from './draw'
import { place } from './layout'
import { usePalette } from './palette'
import type { TopologySearch } from './search'
import { SidePanel } from './SidePanel'
import { toSvg } from './svg'
import { TopologyCanvas } from './TopologyCanvas'
import { TopologyList } from './TopologyList'
import { mostThings, useTopology } from './useTopology'
import style from './topology.module.css'

const route = getRouteApi('/topology/')

const kinds = ['network', 'power', 'console'] as const

/** What is connected to a thing, hop by hop. */
export function TopologyPage() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/topology/' })
  const set = (change: TopologySearch) => void navigate({ search: before => ({ ...before, ...change }) })
  const { graph, isPending, error, cut } = useTopology(search)
  const palette = usePalette()
  const layout = useMemo(() => graph && place(graph, search.order), [graph, search.order])
  const selected = graph && search.select !== undefined ? graph.nodes.findIndex(node => node.name === search.select) : -1
  const scene = useMemo(() => graph && layout && { graph, layout, palette, selected, wires: wiresOf(graph, layout, selected) }, [graph, layout, palette, selected])
  const onSelect = (node: number) => set({ select: graph?.nodes[node]?.name } as TopologySearch)
  const onExpand = (node: number) => set({ more: [...(search.more ?? []), graph!.nodes[node]!.name] })
  const ports = new Set(search.ports?.split(',') ?? kinds)
  const save = async (format: string) => {
    const picture = toSvg(graph!, layout!, palette)
    download(format === 'svg' ? new Blob([picture], { type: 'image/svg+xml' }) : await pngOf(scene!), `${search.from ?? 'topology'}.${format}`)
  }
  return (
    <Page
      title="Topology"
      fill
      about={graph && `${count(graph.nodes.length, 'thing')}, ${count(graph.cables.length, 'cable')}`}
      actions={scene && (
        <>
          <Select quiet label="Shown as" value={search.view ?? 'graph'} onChange={view => set({ view: view === 'list' ? 'list' : undefined } as TopologySearch)} choices={[{ id: 'graph', text: 'Graph' }, { id: 'list', text: 'List' }]} />
          <Menu trigger={<Button>Download</Button>} choices={[{ id: 'svg', text: 'Picture (SVG)' }, { id: 'png', text: 'Picture (PNG)' }]} onChoose={format => void save(format)} />
        </>
      )}
    >
      <div className={style.controls}>
        <FilterField label="From" placeholder="a server or a switch" value={search.from} onCommit={from => set({ from, select: undefined, more: undefined } as TopologySearch)} />
        <Select label="Hops" value={String(search.hops ?? 2)} onChange={hops => set({ hops: Number(hops) })} choices={[1, 2, 3, 4, 5, 6, 8, 12].map(n => ({ id: String(n), text: String(n) }))} />
        <Select label="Layers" value={search.order ?? 'hops'} onChange={order => set({ order: order === 'tiers' ? 'tiers' : undefined } as TopologySearch)} choices={[{ id: 'hops', text: 'by hops' }, { id: 'tiers', text: 'core, access, servers' }]} />
        <FilterField label="Compare with" placeholder="yesterday, 120" value={search.compare} onCommit={compare => set({ compare } as TopologySearch)} />
        <div className={style.kinds}>
          <span className={style.kindsLabel} id="kinds-of-cables">Cables</span>
          <ToggleButtonGroup aria-labelledby="kinds-of-cables" selectionMode="multiple" disallowEmptySelection selectedKeys={ports}
            onSelectionChange={keys => set({ ports: keys.size === kinds.length ? undefined : kinds.filter(kind => keys.has(kind)).join(',') } as TopologySearch)} className={style.toggles!}>
            {kinds.map(kind => <ToggleButton key={kind} id={kind} className={style.toggle!}>{kind}</ToggleButton>)}
          </ToggleButtonGroup>
        </div>
      </div>
      {error && <ErrorNote error={error} />}
      {!search.from && <Begin />}
      {search.from && isPending && !error && <Waiting what="Following the cables" />}
      {cut && <p role="status">There are more than {mostThings.toLocaleString('en')} things within so many hops. Shown are the nearest.</p>}
      {graph && graph.nodes.length === 1 && <Empty title="Nothing is connected to it."><p className="quiet">With cables of the kinds that are chosen.</p></Empty>}
      {scene && scene.graph.nodes.length > 1 && (
        <div className={style.body}>
          {search.view === 'list'
            ? <TopologyList graph={scene.graph} layout={scene.layout} onExpand={onExpand} />
            : <TopologyCanvas scene={scene} onSelect={onSelect} onExpand={onExpand} />}
          {selected >= 0 && search.view !== 'list' && <SidePanel graph={scene.graph} node={selected} onSelect={onSelect} onExpand={onExpand} />}
        </div>
      )}
      {scene && scene.graph.nodes.length > 1 && <Legend types={[...new Set(scene.graph.nodes.map(node => node.type))]} compared={search.compare !== undefined} />}
    </Page>
  )
}

/** Offers things to begin with. */
function Begin() {
  const switches = useRead('/entities', { query: { type: ['networkswitch'], limit: 30, sort: 'name' } })
  const found = switches.data?.entities ?? []
  return (
    <Empty title="Which thing shall it begin with?">
      {found.length > 0 && (
        <ul className={style.begin}>
          {found.map(thing => <li key={thing.name}><Link from="/topology/" to="." search={before => ({ ...before, from: thing.name })} className="name">{thing.name}</Link></li>)}
        </ul>
      )}
      {switches.isSuccess && found.length === 0 && <p className="quiet">Write the name of anything that has ports.</p>}
    </Empty>
  )
}

/** Says what the colours mean. */
function Legend({ types, compared }: { types: readonly string[]; compared: boolean }) {
  return (
    <ul className={style.legend} aria-label="Legend">
      {types.map(type => <li key={type}><span className={style.swatch} style={{ background: kindColor(type) }} />{type}</li>)}
      {compared && <li><span className={style.swatch} style={{ background: 'var(--good)' }} />added since</li>}
      {compared && <li><span className={style.swatch} style={{ background: 'var(--bad)' }} />removed since (dashed)</li>}
    </ul>
  )
}
