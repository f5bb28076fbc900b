import { useState } from 'react'
import { useRead, useReadNow } from '@/api/read'
import { Button, Dialog, Field, Select } from '@/ui'
import { isHalf, spotAt, unitsText, type RackDevice, type Side, type Spot } from './elevation'
import { Pick } from './Pick'

/** Asks where in which rack a device is to go; by keyboard what dragging does with a mouse. */
export function MoveDialog({ device, from, onClose, onReady }: { device: RackDevice; from: string; onClose: () => void; onReady: (to: Spot) => void }) {
  const [rack, setRack] = useState(from)
  const [unit, setUnit] = useState(String(device.units[0] ?? ''))
  const [side, setSide] = useState<Side>(device.side ?? 'left')
  const racks = useReadNow('/entities', { query: { type: ['rack'], sort: 'name', limit: 10_000 } })
  const target = useRead('/racks/{name}', { path: { name: rack } }, { keep: true })
  const half = isHalf(device)
  const hangs = device.units.length === 0 && unit === ''
  const spot: Spot | string = hangs
    ? { rack, units: [], side }
    : !target.data || target.data.name !== rack ? '' : spotAt(target.data, Number(unit), device.units.length || 1, half ? side : undefined, rack === from ? device.name : undefined)
  return (
    <Dialog
      title={<>Move <span className="name">{device.name}</span></>}
      open
      onClose={onClose}
      actions={<><Button onPress={onClose}>Cancel</Button><Button look="primary" isDisabled={typeof spot === 'string'} onPress={() => typeof spot !== 'string' && onReady(spot)}>Preview</Button></>}
    >
      <Pick label="Rack" value={rack} onChange={setRack} choices={(racks.data?.entities ?? [{ name: from }]).map(entity => ({ id: entity.name, text: entity.name }))} empty="No rack is called so." />
      <Field label="Lowest unit" inputMode="numeric" value={unit} onChange={setUnit} />
      {(half || hangs) && <Select label="Side, seen from the front" value={side} onChange={id => setSide(id as Side)} choices={[{ id: 'left', text: 'Left' }, { id: 'right', text: 'Right' }]} />}
      {typeof spot === 'string' ? spot && <p role="alert" className="quiet">{spot}.</p> : spot.units.length > 1 && <p className="quiet">It takes units {unitsText(spot.units)}.</p>}
    </Dialog>
  )
}
