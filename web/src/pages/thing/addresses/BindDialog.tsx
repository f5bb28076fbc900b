import { useState } from 'react'
import type { Operation } from '@/api/change'
import { useReadNow } from '@/api/read'
import { Button, ChangeDialog, Dialog, Field, Select, formatValue } from '@/ui'
import style from '../thing.module.css'
import { unchanged, type ThingData } from '../useThing'

/** Gives a thing an address: the next free one of a manager, or a wanted one. */
export function BindDialog({ thing, onClose }: { thing: ThingData; onClose: () => void }) {
  const inherited = thing.merged?.find(attr => attr.key === 'ipmanager' && attr.type === 'relation')
  const [manager, setManager] = useState('')
  const [address, setAddress] = useState('')
  const [port, setPort] = useState('')
  const [operations, setOperations] = useState<Operation[]>()
  const managers = useReadNow('/managers', { query: { usage: true } })
  const networks = (managers.data?.managers ?? []).filter(({ network }) => network)
  const choices = [
    { id: '', text: inherited ? `As ipmanager says: ${formatValue(inherited.value)}` : 'The one that the address belongs to' },
    ...networks.map(({ name, network, usage }) => ({ id: name, text: `${name}, ${network!.prefix}${usage ? `, ${usage.free.toLocaleString('en')} free` : ''}` })),
  ]
  const possible = address.trim() !== '' || manager !== '' || inherited !== undefined
  const look = () =>
    setOperations([{
      bind: { entity: thing.name, ...(address.trim() ? { address: address.trim() } : {}), ...(manager ? { manager } : {}), ...(port.trim() ? { os_port: port.trim() } : {}) },
    }])
  if (operations) {
    return <ChangeDialog title="Give it an address" verb="Give" operations={operations} ifMatch={unchanged(thing)} onClose={() => setOperations(undefined)} onDone={onClose} />
  }
  return (
    <Dialog
      title={<>An address for <span className="name">{thing.name}</span></>} open onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={!possible} onPress={look}>Preview</Button>
        </>
      }
    >
      <div className={style.form}>
        <Select label="Manager" choices={choices} value={manager} onChange={setManager} />
        <Field label="Address" mono value={address} onChange={setAddress} help="Empty takes the next free one." autoFocus onKeyDown={e => e.key === 'Enter' && possible && look()} />
        <Field label="Port (optional)" mono value={port} onChange={setPort} help="What the operating system calls it, such as eth0." />
      </div>
    </Dialog>
  )
}
