import { useState } from 'react'
import { useReadNow } from '@/api/read'
import { Badge, Field, Select } from '@/ui'
import { Form, Lines } from './Form'
import { thisHost } from './places'
import type { StepProps } from './SetupPage'

/** Has servers answered by DHCP, and says how a relay is configured. */
export function RelayStep({ known, propose }: StepProps) {
  const server = useReadNow('/server', {})
  const [scope, setScope] = useState(known.datacenters[0] ?? known.racks[0] ?? '')
  const [domain, setDomain] = useState('')
  const dhcp = server.data?.services?.find(service => service.name === 'dhcp4')
  const listened = dhcp?.listen?.map(one => one.replace(/:\d+$/, '')).find(one => one !== '0.0.0.0')
  const [host, setHost] = useState<string>()
  const address = host ?? listened ?? thisHost()
  const scopes = [...known.datacenters.map(name => ({ id: name, text: `All in ${name}` })), ...known.racks.slice(0, 20).map(name => ({ id: name, text: `All in the rack ${name}` }))]
  return (
    <div>
      {scopes.length > 0 && (
        <Form
          ready={scope !== ''}
          onPropose={() => propose([{ set_attrs: { entity: scope, attrs: [
            { key: 'dhcp', subkey: 'enabled', type: 'int', value: 1 },
            ...(domain.trim() ? [{ key: 'dhcp', subkey: 'domain', type: 'string' as const, value: domain.trim() }] : []),
          ] } }])}
          done={known.there.dhcp && 'Some servers are answered by DHCP already. You can let others, or be done.'}
        >
          <p>A server is answered by DHCP where its attribute <code>dhcp.enabled</code>, its own or that of what it is in, is 1. Strangers are never answered.</p>
          <Select label="Who is answered" value={scope} onChange={setScope} choices={scopes} />
          <Field label="Domain (optional)" mono placeholder="example.com" value={domain} onChange={setDomain} />
        </Form>
      )}
      <h3>On the router or switch of the clients (Cisco IOS)</h3>
      {dhcp?.on === false && <p><Badge tone="warn">off</Badge> This server answers no DHCP. Start it with <code>clusto serve --dhcp ADDRESS:67</code>, or with <code>dhcp = ADDRESS:67</code> in the section [serve] of clusto.conf.</p>}
      {dhcp?.on && <p><Badge tone="good">on</Badge> This server answers DHCP on <span className="mono">{dhcp.listen?.join(', ')}</span>.</p>}
      <Field label="Address of this server, as relays reach it" mono value={address} onChange={setHost} />
      <Lines label="Configuration of the relay" text={`ip dhcp relay information option\n!\ninterface Vlan442\n  ip helper-address ${address || 'ADDRESS'}`} />
      <p className="quiet">The address that the relay asks from must be in a network of an address manager. <code>clusto dhcp explain NAME</code> says step by step what a server is told, and why.</p>
    </div>
  )
}
