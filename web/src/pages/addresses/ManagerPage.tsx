import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Pencil, Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useRead, useReadNow } from '@/api/read'
import { useMayChange } from '@/api/may'
import { Badge, Button, ErrorNote, Page, Panel, Tabs, Waiting } from '@/ui'
import { AddressMap } from './AddressMap'
import { AddressPanel } from './AddressPanel'
import { AllocateDialog, ReserveDialog } from './dialogs'
import { BlockMap } from './BlockMap'
import { mostCells, way } from './grid'
import { contains, formatCount, formatPrefix, parsePrefix, size } from './ip'
import { Free, Given, Properties, Reserved } from './ManagerLists'
import { NetworkDialog } from './NetworkDialog'
import type { Manager } from './tree'
import { Utilisation } from './Utilisation'
import style from './ManagerPage.module.css'

const route = getRouteApi('/addresses/$manager')

/** What a dialog is about: a resource or a range, "" for the next free one. */
export interface Asked {
  what: 'give' | 'reserve'
  first: string
  last?: string
}

/** One manager: how full it is, its network as a map, who has what of it, and what is free. */
export function ManagerPage() {
  const { manager: name } = route.useParams()
  const { show = 'given', address } = route.useSearch()
  const navigate = useNavigate({ from: '/addresses/$manager' })
  const mayChange = useMayChange()
  const read = useRead('/managers/{name}', { path: { name } })
  const [asked, setAsked] = useState<Asked>()
  const [editing, setEditing] = useState(false)
  const manager = read.data
  const ask = mayChange ? setAsked : undefined
  const look = (next: string | undefined) => void navigate({ search: previous => ({ ...previous, address: next }) as typeof previous, replace: true, resetScroll: false })
  const tabs = [
    { id: 'given', text: 'Handed out' },
    { id: 'free', text: 'Free' },
    { id: 'reserved', text: `Reserved${manager?.reservations ? ` (${manager.reservations.length})` : ''}` },
    { id: 'properties', text: 'Properties' },
  ]
  return (
    <Page
      title={name}
      about={manager && <About manager={manager} />}
      actions={manager && (
        <>
          {mayChange && <Button look="primary" onPress={() => setAsked({ what: 'give', first: '' })}><Plus aria-hidden /> Allocate</Button>}
          {mayChange && <Button onPress={() => setAsked({ what: 'reserve', first: '' })}>Reserve</Button>}
          {mayChange && manager.network && <Button onPress={() => setEditing(true)}><Pencil aria-hidden /> Change</Button>}
        </>
      )}
    >
      {read.isPending && <Waiting />}
      {read.isError && <ErrorNote error={read.error} />}
      {manager && (
        <>
          {manager.usage && <Figures manager={manager} />}
          <div className={address ? style.beside : style.alone}>
            {manager.network && <NetworkMap manager={manager} address={address} onAddress={look} />}
            {address && <AddressPanel key={address} manager={manager} address={address} onClose={() => look(undefined)} />}
          </div>
          <Tabs label="Parts" tabs={tabs} shown={show} onShow={id => void navigate({ search: previous => ({ ...previous, show: id as 'given' }), replace: true, resetScroll: false })}>
            {show === 'given' && <Given manager={manager} onAddress={manager.network ? look : undefined} />}
            {show === 'free' && <Free manager={manager} onAsk={ask} />}
            {show === 'reserved' && <Reserved manager={manager} />}
            {show === 'properties' && <Properties manager={manager} />}
          </Tabs>
          {asked?.what === 'give' && <AllocateDialog manager={manager} resource={asked.first} onClose={() => setAsked(undefined)} />}
          {asked?.what === 'reserve' && <ReserveDialog manager={manager} first={asked.first} last={asked.last ?? ''} onClose={() => setAsked(undefined)} />}
          {editing && <Edit manager={manager} onClose={() => setEditing(false)} />}
        </>
      )}
    </Page>
  )
}

function About({ manager }: { manager: Manager }) {
  const { network, policy } = manager
  return (
    <span className={style.about}>
      <Link to="/addresses">Addresses</Link> · {network ? <><span className="mono">{network.prefix}</span>{network.gateway && <> · gateway <span className="mono">{network.gateway}</span></>}</> : manager.driver}
      {policy && <> · <Badge>{policy}</Badge></>} · <Link to="/things/$name" params={{ name: manager.name }}>Everything about it</Link>
    </span>
  )
}

function Figures({ manager }: { manager: Manager }) {
  const usage = manager.usage!
  const prefix = manager.network && parsePrefix(manager.network.prefix)
  const whole = prefix ? size(prefix) : BigInt(usage.size)
  const free = usage.free >= Number.MAX_SAFE_INTEGER ? whole : BigInt(usage.free)
  return (
    <div className={style.figures}>
      <Utilisation usage={usage} wide />
      <dl className={style.numbers}>
        {([['Size', whole], ['Used', usage.used], ['Reserved', usage.reserved], ['Free', free]] as const).map(([label, n]) => (
          <div key={label}><dt>{label}</dt><dd>{formatCount(n)}</dd></div>
        ))}
      </dl>
    </div>
  )
}

/** The map of a network, of which a part may be entered. */
function NetworkMap({ manager, address, onAddress }: { manager: Manager; address: string | undefined; onAddress: (address: string) => void }) {
  const { within } = route.useSearch()
  const navigate = useNavigate({ from: '/addresses/$manager' })
  const network = manager.network!.prefix
  const whole = useMemo(() => parsePrefix(network)!, [network])
  const shown = useMemo(() => {
    const part = within === undefined ? undefined : parsePrefix(within)
    return part && contains(whole, part) ? part : whole
  }, [whole, within])
  const single = size(shown) <= mostCells
  const map = useRead('/managers/{name}/map', { path: { name: manager.name }, query: { within: formatPrefix(shown) } }, { enabled: !single })
  const enter = (prefix: string) => void navigate({ search: previous => ({ ...previous, within: prefix }), resetScroll: false })
  const covers = map.data?.covers
  const steps = way(whole, shown)
  return (
    <Panel
      title="Map"
      actions={covers && covers !== formatPrefix(shown) && <Button small onPress={() => enter(covers)}>Go to what is in use, {covers}</Button>}
    >
      {steps.length > 1 && (
        <nav aria-label="Parts of the network" className={style.steps}>
          {steps.map((step, i) => (
            <span key={step.bits}>{i > 0 && ' › '}{i < steps.length - 1 ? <Button look="plain" small onPress={() => enter(formatPrefix(step))}>{formatPrefix(step)}</Button> : <b className="mono">{formatPrefix(step)}</b>}</span>
          ))}
        </nav>
      )}
      {single && <AddressMap manager={manager.name} prefix={shown} address={address} onAddress={onAddress} />}
      {!single && map.isPending && <Waiting />}
      {!single && map.isError && <ErrorNote error={map.error} />}
      {!single && map.data && <BlockMap map={map.data} onEnter={enter} />}
    </Panel>
  )
}

function Edit({ manager, onClose }: { manager: Manager; onClose: () => void }) {
  const navigate = useNavigate()
  const managers = useReadNow('/managers', {})
  if (!managers.data) return null
  return (
    <NetworkDialog
      was={manager}
      managers={managers.data.managers}
      onClose={onClose}
      onDone={name => name !== manager.name && void navigate({ to: '/addresses/$manager', params: { manager: name } })}
    />
  )
}
