import { useRead } from '@/api/read'
import { Empty, ErrorNote, Panel, Waiting, count } from '@/ui'
import style from '../thing.module.css'
import { useThingSearch, type ThingData } from '../useThing'
import { PortRow, type Port } from './PortRow'
import { portNumber } from './path'

/** The ports of a thing by type, with what is connected to them. */
export function PortsPart({ thing }: { thing: ThingData }) {
  const list = useRead('/entities/{name}/ports', { path: { name: thing.name } })
  const [search, setSearch] = useThingSearch()
  if (list.isPending) return <Waiting />
  if (list.isError) return <ErrorNote error={list.error} />
  const types = byType(list.data.ports)
  if (types.size === 0) return <Panel title="Ports"><Empty title="It has no ports."><p className="quiet">Which ports a thing has follows from its driver, {thing.driver}.</p></Empty></Panel>
  return (
    <div className={style.stack}>
      {[...types].map(([type, ports]) => (
        <Panel key={type} title={<span className="mono">{type}</span>} actions={<span className="quiet">{summary(ports)}</span>}>
          <div className={style.scroll}>
            <table className={style.plainTable}>
              <thead>
                <tr>
                  <th scope="col">Port</th>
                  <th scope="col">Connected to</th>
                  {isNetwork(type) && <th scope="col">MAC</th>}
                  {isNetwork(type) && <th scope="col">VLAN</th>}
                  <th scope="col">More</th>
                  <th scope="col"><span className="visually-hidden">Actions</span></th>
                </tr>
              </thead>
              <tbody>
                {ports.map(port => {
                  const id = `${type}/${portNumber(port)}`
                  return (
                    <PortRow
                      key={id} thing={thing} port={port} id={id} isNetwork={isNetwork(type)} traced={search.port === id}
                      onTrace={() => setSearch({ port: search.port === id ? undefined : id })}
                    />
                  )
                })}
              </tbody>
            </table>
          </div>
        </Panel>
      ))}
    </div>
  )
}

function byType(ports: readonly Port[]): Map<string, Port[]> {
  const types = new Map<string, Port[]>()
  for (const port of ports) types.set(port.type, [...(types.get(port.type) ?? []), port])
  return types
}

/** Returns whether ports of a type have hardware addresses and VLANs. */
function isNetwork(type: string): boolean {
  return type.startsWith('nic-')
}

function summary(ports: readonly Port[]): string {
  const connected = ports.filter(port => port.peer).length
  return `${count(ports.length, 'port')}, ${connected} connected`
}
