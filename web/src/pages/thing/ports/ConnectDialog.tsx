import { useState } from 'react'
import type { Operation } from '@/api/change'
import type { Schemas } from '@/api/client'
import { useReadNow } from '@/api/read'
import { Button, ChangeDialog, Dialog, ErrorNote, Select, ThingPicker } from '@/ui'
import style from '../thing.module.css'
import { unchanged, type ThingData } from '../useThing'
import { portNumber } from './path'

/** Asks for the other end of a new cable: a device, and one of its ports of the same type that are free. */
export function ConnectDialog({ thing, port, onClose }: { thing: ThingData; port: Schemas['PortRef']; onClose: () => void }) {
  const [device, setDevice] = useState('')
  const [chosen, setChosen] = useState<string>()
  const [operations, setOperations] = useState<Operation[]>()
  const known = useReadNow('/entities', { query: { name: [device.trim()], fields: ['name'] } }, { enabled: device.trim() !== '' })
  const isThere = known.data?.entities.length === 1
  const free = useReadNow('/entities/{name}/ports', { path: { name: device.trim() }, query: { type: port.type, state: 'free' } }, { enabled: isThere })
  const ports = (free.data?.ports ?? []).filter(other => device.trim() !== thing.name || portNumber(other) !== port.port)
  const other = !isThere ? undefined : chosen && ports.some(port => portNumber(port) === chosen) ? chosen : ports[0] && portNumber(ports[0])
  const id = `${port.type}/${port.port}`
  if (operations) {
    return (
      <ChangeDialog title={`Connect ${id}`} verb="Connect" operations={operations} ifMatch={unchanged(thing)} onClose={() => setOperations(undefined)} onDone={onClose} />
    )
  }
  return (
    <Dialog
      title={`Connect ${id}`} open onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={!other} onPress={() => setOperations([{ connect: { from: port, to: { entity: device.trim(), type: port.type, port: other! } } }])}>Preview</Button>
        </>
      }
    >
      <div className={style.form}>
        <ThingPicker label="Device" value={device} onChange={setDevice} autoFocus help={`That has a free port of type ${port.type}.`} />
        {isThere && free.isError && <ErrorNote error={free.error} />}
        {isThere && free.isSuccess && ports.length === 0 && <p className="quiet">It has no free port of type {port.type}.</p>}
        {other && (
          <Select label="Port" choices={ports.map(port => ({ id: portNumber(port), text: port.outlet ? `${port.outlet} (${port.port})` : portNumber(port) }))} value={other} onChange={setChosen} />
        )}
      </div>
    </Dialog>
  )
}
