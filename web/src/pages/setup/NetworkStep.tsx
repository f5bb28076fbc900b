import { useState } from 'react'
import type { Operation } from '@/api/change'
import { Field, Select, Thing } from '@/ui'
import { Form, nameError } from './Form'
import { addressOf, gatewayError, prefixOf, reservedError } from './network'
import type { StepProps } from './SetupPage'

const nowhere = ''

/** Makes a network that hands out addresses. */
export function NetworkStep({ known, propose }: StepProps) {
  const [name, setName] = useState('net-servers')
  const [text, setText] = useState('')
  const [gateway, setGateway] = useState('')
  const [reserved, setReserved] = useState('10')
  const [where, setWhere] = useState(known.datacenters[0] ?? nowhere)
  const prefix = prefixOf(text)
  const good = typeof prefix !== 'string' ? prefix : undefined
  const badGateway = good && gatewayError(gateway, good)
  const badReserved = good && reservedError(reserved, good)
  const ready = good !== undefined && !nameError(name) && !badGateway && !badReserved
  const operations = (): Operation[] => {
    if (!good) return []
    const router = gateway.trim() || addressOf(good.first)
    const kept = Number(reserved.trim() || 0)
    return [
      { create: { name, driver: 'ipmanager', properties: { baseip: good.base, netmask: good.netmask, gateway: router } } },
      ...(kept > 0 ? [{ reserve: { manager: name, first: addressOf(good.first), last: addressOf(good.first + kept - 1), reason: 'routers, switches and the like' } }] : []),
      ...(where ? [{ set_attrs: { entity: where, attrs: [{ key: 'ipmanager', type: 'relation' as const, value: name }] } }] : []),
    ]
  }
  return (
    <Form
      ready={ready}
      onPropose={() => propose(operations())}
      done={known.networks.length > 0 && <>There is {known.networks.slice(0, 5).map((one, i) => <span key={one.name}>{i > 0 && ', '}<Thing name={one.name} type="resourcemanager" /></span>)} already. You can make another, or go on.</>}
    >
      <p>New servers get their addresses from it, and DHCP clients their netmask and gateway.</p>
      <Field label="Network" mono placeholder="192.168.20.0/22" value={text} onChange={setText} error={text && typeof prefix === 'string' ? prefix : undefined} />
      <Field label="Name" value={name} onChange={setName} error={nameError(name)} />
      <Field label="Gateway" mono placeholder={good ? addressOf(good.first) : ''} help="Without it the first address." value={gateway} onChange={setGateway} error={badGateway} />
      <Field label="Addresses to keep back" help="The first ones are not handed out: they are for routers and switches." value={reserved} onChange={setReserved} error={badReserved} />
      {known.datacenters.length > 0 && (
        <Select
          label="Whose servers get addresses from it"
          value={where}
          onChange={setWhere}
          choices={[...known.datacenters.map(one => ({ id: one, text: `All in ${one}` })), { id: nowhere, text: 'None by themselves' }]}
        />
      )}
    </Form>
  )
}
