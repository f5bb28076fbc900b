import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import type { Operation } from '@/api/change'
import { useRead } from '@/api/read'
import { useMayChange } from '@/api/may'
import { Button, ChangeDialog, CopyButton, Empty, ErrorNote, Panel, Thing, Waiting } from '@/ui'
import style from '../thing.module.css'
import { unchanged, type ThingData } from '../useThing'
import { BindDialog } from './BindDialog'

/** The addresses of a thing, and what else it has from managers. */
export function AddressesPart({ thing }: { thing: ThingData }) {
  const mayChange = useMayChange()
  const [binding, setBinding] = useState(false)
  const [operations, setOperations] = useState<Operation[]>()
  const list = useRead('/entities/{name}', { path: { name: thing.name }, query: { fields: ['name'], expand: ['addresses', 'resources'] } })
  const managers = useRead('/managers', {})
  if (list.isPending) return <Waiting />
  if (list.isError) return <ErrorNote error={list.error} />
  const { addresses = [], resources = [] } = list.data
  const networks = new Map(managers.data?.managers.map(manager => [manager.name, manager.network?.prefix]))
  const others = resources.filter(other => !addresses.some(address => address.manager === other.manager && address.address === other.resource))
  return (
    <div className={style.stack}>
      <Panel title="Addresses" actions={mayChange && <Button small onPress={() => setBinding(true)}><Plus /> Give it an address</Button>}>
        {addresses.length === 0 ? <Empty title="It has no address." /> : (
          <div className={style.scroll}>
            <table className={style.plainTable}>
              <thead>
                <tr><th scope="col">Address</th><th scope="col">Network</th><th scope="col">Manager</th><th scope="col">Port</th><th scope="col"><span className="visually-hidden">Actions</span></th></tr>
              </thead>
              <tbody>
                {addresses.map(address => (
                  <tr key={address.address}>
                    <th scope="row" className="mono">{address.cidr || address.address} <CopyButton text={address.address} label={`Copy ${address.address}`} /></th>
                    <td className="mono">{address.manager ? networks.get(address.manager) : ''}</td>
                    <td>{address.manager ? <Thing name={address.manager} /> : <span className="quiet">none</span>}</td>
                    <td className="mono name">{address.os_port}</td>
                    <td className={style.end}>
                      {mayChange && (
                        <Button small look="plain" aria-label={`Release ${address.address}`} onPress={() => setOperations([{ release: { entity: thing.name, address: address.address } }])}><X /> Release</Button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Panel>
      {others.length > 0 && (
        <Panel title="Other resources">
          <table className={style.plainTable}>
            <thead><tr><th scope="col">Resource</th><th scope="col">Manager</th></tr></thead>
            <tbody>
              {others.map(other => (
                <tr key={`${other.manager} ${other.number}`}><th scope="row" className="mono name">{other.resource}</th><td><Thing name={other.manager} /></td></tr>
              ))}
            </tbody>
          </table>
        </Panel>
      )}
      {binding && <BindDialog thing={thing} onClose={() => setBinding(false)} />}
      <ChangeDialog title="Release the address" verb="Release" danger operations={operations} ifMatch={unchanged(thing)} onClose={() => setOperations(undefined)} />
    </div>
  )
}
