import { useState } from 'react'
import { useRead, useReadNow } from '@/api/read'
import { Badge, Button, Empty, ErrorNote, Field, Panel, Select, Suggest, Waiting, formatTime } from '@/ui'
import style from '../thing.module.css'
import { useThingSearch, type ThingData } from '../useThing'
import { Explanation } from './Explanation'
import { macsOf } from './macs'

/** Why a thing gets the DHCP answer that it gets, or none; and when it asked last. */
export function DhcpPart({ thing }: { thing: ThingData }) {
  const [search, setSearch] = useThingSearch()
  const macs = macsOf(thing.attrs ?? [])
  const mac = search.mac ?? macs[0]?.mac
  const family = search.family ?? 4
  const explained = useRead(
    '/dhcp/explain',
    { query: { family, ...(mac ? { mac } : {}), ...(search.relay ? { relay: search.relay } : {}) } },
    { enabled: mac !== undefined },
  )
  return (
    <div className={style.stack}>
      <Panel title="What would it be told?">
        <div className={style.stack}>
          <Form
            key={`${mac} ${search.relay} ${family}`} macs={macs} mac={mac ?? ''} relay={search.relay ?? ''} family={family}
            onAsk={(mac, relay, family) => setSearch({ mac: mac || undefined, relay: relay || undefined, family: family === 6 ? 6 : undefined })}
          />
          {mac === undefined && <Empty title="No hardware address of it is known."><p className="quiet">Type one, or set mac of a port.</p></Empty>}
          {mac !== undefined && explained.isPending && <Waiting />}
          {explained.isError && <ErrorNote error={explained.error} />}
          {explained.data && <Explanation explained={explained.data} asked={thing.name} />}
        </div>
      </Panel>
      <LastSeen name={thing.name} />
    </div>
  )
}

function Form({ macs, mac: first, relay: firstRelay, family: firstFamily, onAsk }: {
  macs: ReturnType<typeof macsOf>
  mac: string
  relay: string
  family: 4 | 6
  onAsk: (mac: string, relay: string, family: 4 | 6) => void
}) {
  const [mac, setMac] = useState(first)
  const [relay, setRelay] = useState(firstRelay)
  const [family, setFamily] = useState<4 | 6>(firstFamily)
  return (
    <form
      className={style.bar}
      onSubmit={e => {
        e.preventDefault()
        onAsk(mac.trim(), relay.trim(), family)
      }}
    >
      <div className={style.grow}><Suggest label="Hardware address" mono value={mac} onChange={setMac} suggestions={macs.map(({ mac, from }) => ({ id: `${mac} ${from}`, text: mac, note: from }))} /></div>
      <div className={style.grow}><Field label="Relay (optional)" mono value={relay} onChange={setRelay} placeholder="An address of the network" /></div>
      <Select label="Protocol" choices={[{ id: '4', text: 'DHCPv4' }, { id: '6', text: 'DHCPv6' }]} value={String(family)} onChange={id => setFamily(id === '6' ? 6 : 4)} />
      <Button look="primary" type="submit" isDisabled={mac.trim() === ''}>Explain</Button>
    </form>
  )
}

function LastSeen({ name }: { name: string }) {
  const leases = useReadNow('/dhcp/leases', { query: { entity: [name], limit: 20 } })
  return (
    <Panel title="Last seen">
      {leases.isPending && <Waiting />}
      {leases.isError && <ErrorNote error={leases.error} />}
      {leases.data?.leases.length === 0 && <p className="quiet">It has not asked for an address yet, as far as is known.</p>}
      {leases.data && leases.data.leases.length > 0 && (
        <div className={style.scroll}>
          <table className={style.plainTable}>
            <thead><tr><th scope="col">Client</th><th scope="col">When</th><th scope="col">It said</th><th scope="col">It was told</th><th scope="col">By</th></tr></thead>
            <tbody>
              {leases.data.leases.map(lease => (
                <tr key={`${lease.family} ${lease.client}`}>
                  <th scope="row" className="mono">{lease.client}</th>
                  <td>{formatTime(lease.at)}</td>
                  <td>{lease.message}{lease.hostname && <span className="quiet name"> as {lease.hostname}</span>}</td>
                  <td className="mono">{lease.address ?? <Badge tone="warn">{lease.outcome ?? 'nothing'}</Badge>}</td>
                  <td className="mono">{lease.relay ?? lease.via}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  )
}
