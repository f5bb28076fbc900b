import { useState } from 'react'
import type { Operation } from '@/api/change'
import { useReadNow } from '@/api/read'
import { Traps } from '@/pages/start/Traps'
import { Badge, Field, Select } from '@/ui'
import { Form, Lines } from './Form'
import { numberOf } from './network'
import { portOf, thisHost } from './places'
import type { StepProps } from './SetupPage'

const other = ''

/** Says from where a switch reports, lets it discover, and how it is configured. */
export function SwitchStep({ known, propose }: StepProps) {
  const switches = useReadNow('/entities', { query: { type: ['networkswitch'], limit: 200, sort: 'name', expand: ['addresses'] } })
  const server = useReadNow('/server', {})
  const [chosen, setChosen] = useState<string>()
  const [address, setAddress] = useState('')
  const [manager, setManager] = useState(other)
  const [scope, setScope] = useState(known.datacenters[0] ?? other)
  const [host, setHost] = useState(thisHost())
  const [community, setCommunity] = useState('public')
  const there = switches.data?.entities ?? []
  const one = there.find(entity => entity.name === chosen) ?? there[0]
  const has = one?.addresses?.[0]?.address
  const badAddress = has || numberOf(address) !== undefined ? undefined : 'Write the IPv4 address that its traps come from.'
  const traps = server.data?.services?.find(service => service.name === 'traps')
  const operations = (): Operation[] => one ? [
    ...(has ? [] : [{ bind: { entity: one.name, address: address.trim(), ...(manager ? { manager } : {}) } }]),
    { set_attrs: { entity: scope || one.name, attrs: [{ key: 'snmp', subkey: 'discovery', type: 'int' as const, value: 1 }] } },
  ] : []
  return (
    <div>
      {!one && switches.isSuccess && <p>There is no switch yet. The layout of the first rack makes one.</p>}
      {one && (
        <Form ready={!badAddress} onPropose={() => propose(operations())} done={known.there.switches > 0 && 'There is a switch that has an address and may discover. You can let another, or go on.'}>
          <p>A switch is known by the address that its traps come from, and makes servers only where that is allowed.</p>
          <Select label="Switch" value={one.name} onChange={setChosen} choices={there.map(entity => ({ id: entity.name, text: entity.name }))} />
          {has
            ? <p>It has the address <span className="mono">{has}</span>.</p>
            : (
              <>
                <Field label="Its address" mono placeholder="192.168.20.2" value={address} onChange={setAddress} error={address ? badAddress : undefined} help="The one that it sends traps from: snmp-server source-interface chooses it." />
                <Select label="Of the network" value={manager} onChange={setManager} choices={[{ id: other, text: 'The one that has it' }, ...known.networks.map(network => ({ id: network.name, text: `${network.name}, ${network.network?.prefix ?? ''}` }))]} />
              </>
            )}
          <Select label="Discovery is allowed" value={scope} onChange={setScope} choices={[...known.datacenters.map(name => ({ id: name, text: `Everywhere in ${name}` })), ...known.racks.slice(0, 20).map(name => ({ id: name, text: `In the rack ${name}` })), { id: other, text: 'For this switch alone' }]} />
        </Form>
      )}
      <h3>On the switch (Cisco IOS)</h3>
      {traps?.on === false && <p><Badge tone="warn">off</Badge> This server receives no traps. Start it with <code>clusto serve --snmptrap 0.0.0.0:162</code>, or with <code>snmptrap = 0.0.0.0:162</code> in the section [serve] of clusto.conf.</p>}
      {traps?.on && <p><Badge tone="good">on</Badge> This server receives traps on <span className="mono">{traps.listen?.join(', ')}</span>.</p>}
      <Field label="Address of this server, as switches reach it" mono value={host} onChange={setHost} />
      <Field label="Community" mono value={community} onChange={setCommunity} help="One of the communities in the section [snmptrapd]; with none there every one is taken." />
      <Lines label="Configuration of the switch" text={switchLines(host, community, portOf(traps?.listen, 162))} />
      <p className="quiet">Leave the uplinks out of the range: a switch learns every machine of the network on them.</p>
      {traps?.on && <Traps />}
    </div>
  )
}

/** Returns the configuration that has a switch report what it learns. */
function switchLines(host: string, community: string, port: number): string {
  return [
    'snmp-server enable traps mac-notification change',
    `snmp-server host ${host || 'ADDRESS'} version 2c ${community || 'public'}${port === 162 ? '' : ` udp-port ${port}`}  mac-notification`,
    'mac address-table notification change',
    '!',
    'interface range GigabitEthernet1/1 - 40',
    '  snmp trap mac-notification change added',
  ].join('\n')
}
