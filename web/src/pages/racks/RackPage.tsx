import { getRouteApi, Link } from '@tanstack/react-router'
import { Download, Grid2x2Plus, Plus, Printer } from 'lucide-react'
import { useMemo, useState } from 'react'
import { apiRoot } from '@/api/client'
import type { Operation } from '@/api/change'
import { useRead, useReadNow, type Read } from '@/api/read'
import { useMayChange } from '@/api/may'
import { useAt } from '@/time/at'
import { Button, ChangeDialog, count, Empty, ErrorNote, Page, Panel, Thing, Waiting } from '@/ui'
import { ColourChooser, Legend } from './ColourChooser'
import { useColours } from './colours'
import { beside, freeRuns, isHalf, loose, move, placeText, spotAt, unitsText, type RackDevice, type Side, type Spot } from './elevation'
import { LayoutDialog } from './LayoutDialog'
import { MoveDialog } from './MoveDialog'
import { Pick } from './Pick'
import { PlaceDialog, type Place } from './PlaceDialog'
import { RackDrawing } from './RackDrawing'
import style from './racks.module.css'

const route = getRouteApi('/racks/$name')

type Rack = Read<'/racks/{name}'>

/** One rack from both sides, with what stands in it, and another beside it to move things between them. */
export function RackPage() {
  const { name } = route.useParams()
  const rack = useRead('/racks/{name}', { path: { name } })
  if (rack.isError) return <Page title={name}><ErrorNote error={rack.error} /></Page>
  if (!rack.data) return <Page title={name}><Waiting /></Page>
  return <RackView rack={rack.data} />
}

function RackView({ rack }: { rack: Rack }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const at = useAt()
  const may = useMayChange()
  const other = useRead('/racks/{name}', { path: { name: search.beside ?? '' } }, { enabled: Boolean(search.beside) })
  const colours = useColours(search, rack.name)
  const [pointed, setPointed] = useState<string>()
  const [place, setPlace] = useState<{ rack: Rack; place: Place }>()
  const [asking, setAsking] = useState(false)
  const [layout, setLayout] = useState(false)
  const [change, setChange] = useState<{ operations: Operation[]; title: string }>()
  const [refused, setRefused] = useState('')
  const all = useMemo(() => [...rack.devices, ...(search.beside && other.data ? other.data.devices : [])], [rack, other.data, search.beside])
  const shown = all.find(device => device.name === search.device)
  const home = rack.devices.some(device => device.name === shown?.name) ? rack : other.data
  const ports = useRead('/entities/{name}/ports', { path: { name: pointed ?? shown?.name ?? '' }, query: { state: 'connected' } }, { enabled: Boolean(pointed ?? shown?.name), keep: false })
  const lit = useMemo(() => new Set(ports.data?.ports.map(port => port.peer?.entity ?? '')), [ports.data])

  const show = (device: RackDevice) => void navigate({ search: previous => ({ ...previous, device: previous.device === device.name ? undefined : device.name }), replace: true })
  const goTo = (device: RackDevice, from: string, to: Spot) => {
    setAsking(false)
    setChange({ title: `Move ${device.name} to ${to.rack}${to.units.length > 0 ? `:${unitsText(to.units)}` : ''}`, operations: move(device.name, from, to) })
  }
  const drop = (device: RackDevice, target: string, unit: number, side: Side) => {
    const into = target === rack.name ? rack : other.data
    const from = rack.devices.includes(device) ? rack : other.data
    if (!into || !from || device.units[0] === unit && into === from && device.side === (isHalf(device) ? side : undefined)) return
    const spot = spotAt(into, unit, device.units.length || 1, isHalf(device) ? side : undefined, into === from ? device.name : undefined)
    if (typeof spot === 'string') setRefused(`${device.name} does not fit there: ${spot}.`)
    else {
      setRefused('')
      goTo(device, from.name, spot)
    }
  }
  const drawing = (of: Rack, view: 'front' | 'rear') => (
    <RackDrawing
      rack={of} view={view} colour={colours.colour} dim={colours.dim} shown={shown?.name} lit={lit}
      onShow={show} onPoint={setPointed}
      onFree={may ? (unit, side) => setPlace({ rack: of, place: { unit, side } }) : undefined}
      onDrop={may ? drop : undefined}
    />
  )
  const free = rack.free?.length ?? 0
  return (
    <Page
      title={`Rack ${rack.name}`}
      heading={rack.name}
      about={<>{rack.in?.map(container => <span key={container}>in <Link className="name" to="/racks" search={{ in: container }}>{container}</Link>, </span>)}{count(free, 'unit')} of {rack.highest - rack.lowest + 1} free{rack.layout && <>, layout <span className="name">{rack.layout}</span></>}. <Link to="/things/$name" params={{ name: rack.name }}>Everything about it</Link></>}
      actions={
        <>
          {may && <Button look="primary" onPress={() => setPlace({ rack, place: { unit: freeRuns(rack)[0]?.[0] ?? 0 } })}><Plus />Put something in</Button>}
          {may && <Button onPress={() => setLayout(true)}><Grid2x2Plus />Layout</Button>}
          <Button onPress={() => window.print()} aria-label="Print"><Printer /></Button>
          <a className={style.download} href={`${apiRoot}/racks/${encodeURIComponent(rack.name)}/elevation.svg${at ? `?at=${encodeURIComponent(at)}` : ''}`} download={`${rack.name}.svg`}><Download aria-hidden />SVG</a>
        </>
      }
    >
      <div className={style.tools}>
        <ColourChooser value={search} onChange={colour => void navigate({ search: previous => ({ ...previous, by: undefined, of: undefined, ...colour }), replace: true })} />
        <BesideChooser own={rack.name} value={search.beside} onChange={name => void navigate({ search: previous => ({ ...previous, beside: name }), replace: true })} />
      </div>
      {colours.error ? <ErrorNote error={colours.error} /> : null}
      {other.isError && <ErrorNote error={other.error} />}
      {refused && <p role="alert" className={style.refused}>{refused}</p>}
      <div className={style.rack}>
        <div className={style.elevations}>
          <figure><figcaption>{search.beside ? rack.name : 'Front'}</figcaption>{drawing(rack, 'front')}</figure>
          {search.beside
            ? other.data && <figure><figcaption className="name">{other.data.name}</figcaption>{drawing(other.data, 'front')}</figure>
            : <figure className={style.rear}><figcaption>Rear</figcaption>{drawing(rack, 'rear')}</figure>}
        </div>
        <aside className={style.aside}>
          {shown && home && (
            <Panel title={<Thing name={shown.name} type={shown.type} />} actions={<Button small look="plain" onPress={() => show(shown)}>Close</Button>}>
              <p className="quiet">{shown.driver}, {placeText(shown)}</p>
              {may && (
                <p className={style.buttons}>
                  <Button small onPress={() => setAsking(true)}>Move</Button>
                  <Button small look="danger" onPress={() => setChange({ title: `Take ${shown.name} out of ${home.name}`, operations: [{ remove: { entity: shown.name, container: home.name } }] })}>Take out</Button>
                </p>
              )}
              <Cables name={shown.name} here={new Set(all.map(device => device.name))} />
            </Panel>
          )}
          <Panel title="Colours"><Legend devices={rack.devices} colours={colours} /></Panel>
          <Panel title="Contents"><Contents rack={rack} onShow={show} /></Panel>
        </aside>
      </div>
      <PlaceDialog rack={place?.rack ?? rack} place={place?.place} onClose={() => setPlace(undefined)} />
      {asking && shown && home && <MoveDialog device={shown} from={home.name} onClose={() => setAsking(false)} onReady={to => goTo(shown, home.name, to)} />}
      {layout && <LayoutDialog rack={rack} layout={rack.layout} colours={colours} onClose={() => setLayout(false)} />}
      <ChangeDialog title={change?.title ?? ''} verb="Commit" operations={change?.operations} onClose={() => setChange(undefined)} />
    </Page>
  )
}

function BesideChooser({ own, value, onChange }: { own: string; value: string | undefined; onChange: (name: string | undefined) => void }) {
  const racks = useReadNow('/entities', { query: { type: ['rack'], sort: 'name', limit: 10_000 } })
  const choices = (racks.data?.entities ?? []).filter(entity => entity.name !== own).map(entity => ({ id: entity.name, text: entity.name }))
  if (!racks.data || choices.length === 0) return null
  return (
    <div className={style.beside}>
      <Pick label="Beside it" value={value ?? ''} onChange={onChange} choices={choices} empty="No rack is called so." />
      {value && <Button small look="plain" onPress={() => onChange(undefined)}>Rear instead</Button>}
    </div>
  )
}

/** What a device is connected to, in this rack and elsewhere. */
function Cables({ name, here }: { name: string; here: ReadonlySet<string> }) {
  const ports = useRead('/entities/{name}/ports', { path: { name }, query: { state: 'connected' } })
  const connected = ports.data?.ports ?? []
  if (ports.isPending) return <Waiting />
  if (connected.length === 0) return <p className="quiet">Nothing is plugged in.</p>
  return (
    <ul className={style.cables}>
      {connected.map(port => port.peer && (
        <li key={`${port.type} ${port.port}`}>
          <span className="mono">{port.type} {port.outlet ?? port.port}</span> → <Thing name={port.peer.entity} />{' '}
          <span className="mono">{port.peer.outlet ?? (port.peer.port || '')}</span>{!here.has(port.peer.entity) && <span className="quiet">, elsewhere</span>}
        </li>
      ))}
    </ul>
  )
}

/** The same in words, from the top, for who does not see the drawing or wants what it has no place for. */
function Contents({ rack, onShow }: { rack: Rack; onShow: (device: RackDevice) => void }) {
  if (rack.devices.length === 0) return <Empty title="Nothing is in this rack"><p className="quiet">Choose a free unit to put something there, or apply a layout.</p></Empty>
  const rest = [...beside(rack, 'left'), ...beside(rack, 'right'), ...loose(rack)]
  const item = (device: RackDevice) => (
    <li key={device.name}><span className={style.where}>{device.units.length > 0 ? unitsText(device.units) + (isHalf(device) ? ` ${device.side}` : '') : device.side ?? '–'}</span><Thing name={device.name} type={device.type} /><Button small look="plain" className={style.find!} onPress={() => onShow(device)} aria-label={`Show ${device.name} in the drawing`}>show</Button></li>
  )
  return (
    <>
      <ol className={style.contents}>{rack.devices.filter(device => device.units.length > 0).map(item)}</ol>
      {rest.length > 0 && <><h3>In no unit</h3><ol className={style.contents}>{rest.map(item)}</ol></>}
      <p className="quiet">Free: {freeRuns(rack).map(([low, high]) => (low === high ? low : `${low}–${high}`)).join(', ') || 'nothing'}</p>
    </>
  )
}
