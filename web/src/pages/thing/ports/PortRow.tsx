import { Cable, Pencil, Route, Unplug } from 'lucide-react'
import { useState } from 'react'
import type { Operation } from '@/api/change'
import type { Schemas } from '@/api/client'
import { useRead } from '@/api/read'
import { useMayChange } from '@/api/may'
import { Button, ChangeDialog, ErrorNote, Thing, Waiting, formatValue } from '@/ui'
import style from '../thing.module.css'
import { unchanged, type ThingData } from '../useThing'
import { ConnectDialog } from './ConnectDialog'
import { PortAttrsDialog } from './PortAttrsDialog'
import { portNumber, portText } from './path'
import table from './ports.module.css'
import { TracePath } from './TracePath'

export type Port = Schemas['Port']

/** A port, with what is connected to it, and on demand the whole way of its cable. */
export function PortRow({ thing, port, id, isNetwork, traced, onTrace }: { thing: ThingData; port: Port; id: string; isNetwork: boolean; traced: boolean; onTrace: () => void }) {
  const [doing, setDoing] = useState<'connect' | 'attrs'>()
  const [operations, setOperations] = useState<Operation[]>()
  const mayChange = useMayChange()
  const { mac, vlan, ...rest } = port.attrs ?? {}
  const others = isNetwork ? rest : (port.attrs ?? {})
  const ref = { entity: thing.name, type: port.type, port: portNumber(port) }
  return (
    <>
      <tr>
        <th scope="row" className="mono">
          <span className={port.peer ? `${table.state} ${table.connected}` : table.state} aria-hidden />
          {port.outlet ? `${port.outlet} (${port.port})` : port.port}
        </th>
        <td>
          {port.peer ? <><Thing name={port.peer.entity} /> <span className="mono quiet">{portText(port.peer)}</span></> : <span className={table.free}>free</span>}
        </td>
        {isNetwork && <td className="mono name">{mac === undefined ? '' : formatValue(mac)}</td>}
        {isNetwork && <td className="mono name">{vlan === undefined ? '' : formatValue(vlan)}</td>}
        <td>
          {Object.entries(others).map(([name, value]) => (
            <span key={name} className={table.attr}><span className="quiet name">{name}</span> <span className="mono name">{formatValue(value)}</span></span>
          ))}
        </td>
        <td className={style.end}>
          <span className={style.actions}>
            {port.peer && <Button small look="plain" aria-label={`Draw the cable of ${id}`} aria-expanded={traced} onPress={onTrace}><Route /></Button>}
            {mayChange && <Button small look="plain" aria-label={`Edit attributes of ${id}`} onPress={() => setDoing('attrs')}><Pencil /></Button>}
            {mayChange && (port.peer
              ? <Button small look="plain" aria-label={`Disconnect ${id}`} onPress={() => setOperations([{ disconnect: ref }])}><Unplug /></Button>
              : <Button small look="plain" aria-label={`Connect ${id}`} onPress={() => setDoing('connect')}><Cable /></Button>)}
          </span>
          {doing === 'connect' && <ConnectDialog thing={thing} port={ref} onClose={() => setDoing(undefined)} />}
          {doing === 'attrs' && <PortAttrsDialog thing={thing} port={port} onClose={() => setDoing(undefined)} />}
          <ChangeDialog title={`Disconnect ${id}`} verb="Disconnect" danger operations={operations} ifMatch={unchanged(thing)} onClose={() => setOperations(undefined)} />
        </td>
      </tr>
      {traced && port.peer && <tr className={table.drawn}><td colSpan={isNetwork ? 6 : 4}><Traced name={thing.name} port={port} /></td></tr>}
    </>
  )
}

function Traced({ name, port }: { name: string; port: Port }) {
  const trace = useRead('/entities/{name}/ports/{type}/{port}/trace', { path: { name, type: port.type, port: portNumber(port) } })
  if (trace.isPending) return <Waiting />
  if (trace.isError) return <ErrorNote error={trace.error} />
  return <TracePath cables={trace.data.cables} here={name} />
}
