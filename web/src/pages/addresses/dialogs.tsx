import { useState } from 'react'
import type { Operation } from '@/api/change'
import { Button, ChangeDialog, Dialog, Field, ThingPicker } from '@/ui'
import { parseAddr } from './ip'
import type { Manager } from './tree'

/** The driver of managers that name new things. */
const namesThings = 'simpleentitynamemanager'

export interface AllocateDialogProps {
  manager: Manager
  /** The resource that is proposed; "" for the next free one. */
  resource: string
  /** It is reserved, and may be given all the same. */
  reserved?: boolean
  onClose: () => void
}

/** Gives a resource of a manager to a thing, or makes a thing with a name of it. */
export function AllocateDialog({ manager, resource, reserved = false, onClose }: AllocateDialogProps) {
  const [thing, setThing] = useState('')
  const [wanted, setWanted] = useState(resource)
  const [port, setPort] = useState('')
  const [shown, setShown] = useState(false)
  const [operations, setOperations] = useState<Operation[]>()
  const makes = manager.driver === namesThings
  const isNetwork = manager.network !== undefined
  const bad = isNetwork && wanted.trim() !== '' && !parseAddr(wanted) ? 'This is no address.' : undefined
  const go = () => {
    setShown(true)
    if (thing === '' || bad) return
    const what = wanted.trim() ? { resource: wanted.trim() } : {}
    if (isNetwork && !reserved) {
      setOperations([{ bind: { entity: thing, manager: manager.name, ...(wanted.trim() ? { address: wanted.trim() } : {}), ...(port.trim() ? { os_port: port.trim() } : {}) } }])
    } else {
      setOperations([{ allocate: { manager: manager.name, ...(makes ? { driver: thing } : { for: thing }), ...what, ...(reserved ? { reserved: true } : {}) } }])
    }
  }
  return (
    <>
      <Dialog
        title={makes ? <>Make a thing with a name of <span className="name">{manager.name}</span></> : <>Give something of <span className="name">{manager.name}</span></>}
        open={operations === undefined}
        onClose={onClose}
        actions={<><Button onPress={onClose}>Cancel</Button><Button look="primary" onPress={go}>Preview</Button></>}
      >
        {makes
          ? <Field label="Driver of the new thing" value={thing} onChange={setThing} placeholder="basicserver" error={shown && thing === '' ? 'Say what is to be made.' : undefined} />
          : <ThingPicker label="To whom" value={thing} onChange={setThing} error={shown && thing === '' ? 'Say who gets it.' : undefined} />}
        <Field label={isNetwork ? 'Address' : 'Which'} mono value={wanted} onChange={setWanted} placeholder="the next free one" error={bad} help="Empty: the next free one." />
        {isNetwork && !reserved && <Field label="Port (optional)" mono value={port} onChange={setPort} placeholder="eth0" help="What the operating system calls it." />}
        {reserved && <p className="quiet">It is reserved, and is given all the same.</p>}
      </Dialog>
      <ChangeDialog
        title={`Give ${wanted.trim() || (isNetwork ? 'the next free address' : 'the next free one')}`}
        operations={operations} onClose={() => setOperations(undefined)} onDone={onClose} verb={makes ? 'Make' : 'Allocate'}
      />
    </>
  )
}

/** Keeps a range from being handed out unasked. */
export function ReserveDialog({ manager, first: from, last: to = '', onClose }: { manager: Manager; first: string; last?: string; onClose: () => void }) {
  const [first, setFirst] = useState(from)
  const [last, setLast] = useState(to)
  const [reason, setReason] = useState('')
  const [shown, setShown] = useState(false)
  const [operations, setOperations] = useState<Operation[]>()
  const go = () => {
    setShown(true)
    if (first.trim() === '') return
    const reserve = { manager: manager.name, first: first.trim(), ...(last.trim() ? { last: last.trim() } : {}), ...(reason.trim() ? { reason: reason.trim() } : {}) }
    setOperations([{ reserve }])
  }
  return (
    <>
      <Dialog
        title={<>Reserve a part of <span className="name">{manager.name}</span></>}
        open={operations === undefined}
        onClose={onClose}
        actions={<><Button onPress={onClose}>Cancel</Button><Button look="primary" onPress={go}>Preview</Button></>}
      >
        <Field label="From" mono value={first} onChange={setFirst} error={shown && first.trim() === '' ? 'Say where it begins.' : undefined} {...(manager.network ? { help: 'An address, or a network such as 10.0.0.16/28.' } : {})} />
        <Field label="To (optional)" mono value={last} onChange={setLast} />
        <Field label="Reason" value={reason} onChange={setReason} placeholder="What it is kept for" />
      </Dialog>
      <ChangeDialog title="Reserve" operations={operations} onClose={() => setOperations(undefined)} onDone={onClose} verb="Reserve" />
    </>
  )
}
