import { useState } from 'react'
import type { Operation } from '@/api/change'
import { useRead, useReadNow } from '@/api/read'
import { Button, ChangeDialog, Dialog, Empty, ErrorNote, Field, Select, Tabs, Waiting } from '@/ui'
import { insertAt, spotAt, unitsText, type Elevation, type Side, type Spot } from './elevation'
import { Pick } from './Pick'

/** Where something is to be put; unit is 0 for a side of the rack. */
export interface Place {
  unit: number
  side?: Side | undefined
}

interface PlaceDialogProps {
  rack: Elevation
  place: Place | undefined
  onClose: () => void
}

/** Puts a thing into a rack: one that is there already, or a new one. */
export function PlaceDialog({ rack, place, onClose }: PlaceDialogProps) {
  const [operations, setOperations] = useState<Operation[]>()
  const close = () => {
    setOperations(undefined)
    onClose()
  }
  if (!place) return null
  return (
    <>
      <PlaceForm key={`${place.unit} ${place.side}`} rack={rack} place={place} open={!operations} onClose={close} onReady={setOperations} />
      <ChangeDialog title={`Put into ${rack.name}`} verb="Put in" operations={operations} onClose={() => setOperations(undefined)} onDone={close} />
    </>
  )
}

function PlaceForm({ rack, place, open, onClose, onReady }: {
  rack: Elevation
  place: Place
  open: boolean
  onClose: () => void
  onReady: (operations: Operation[]) => void
}) {
  const [tab, setTab] = useState('there')
  const [name, setName] = useState('')
  const [driver, setDriver] = useState('')
  const [manager, setManager] = useState('')
  const [unit, setUnit] = useState(place.unit ? String(place.unit) : '')
  const [side, setSide] = useState<Side>(place.side ?? 'left')
  const orphans = useRead('/orphans', { query: {} })
  const drivers = useReadNow('/drivers', {})
  const managers = useReadNow('/entities', { query: { driver: ['simplenamemanager'], limit: 1000 } })

  const things = orphans.data?.entities ?? []
  const chosen = tab === 'there' ? things.find(thing => thing.name === name)?.driver : driver
  const kind = drivers.data?.drivers.find(candidate => candidate.name === chosen)
  const half = kind?.width === 'half'
  const hangs = kind?.beside === true || (kind !== undefined && unit === '' && !kind.rack_units && !half)
  const spot: Spot | string = !kind ? '' : hangs
    ? { rack: rack.name, units: [], side }
    : Number(unit) > 0 ? spotAt(rack, Number(unit), kind.rack_units || 1, half ? side : undefined) : 'Say into which unit.'
  const named = tab === 'there' ? name !== '' : name !== '' || manager !== ''
  const next = () => {
    if (typeof spot === 'string') return
    if (tab === 'there') onReady([insertAt(name, spot)])
    else if (name) onReady([{ create: { name, driver } }, insertAt(name, spot)])
    else onReady([{ allocate: { manager, driver, as: 'thing' } }, insertAt('$thing', spot)])
  }
  // What goes into a rack has a height, or the type of something that does.
  const racked = (drivers.data?.drivers ?? []).filter(candidate => !['resourcemanager', 'pool', 'rack', 'datacenter', 'cage', 'clustometa'].includes(candidate.type))

  return (
    <Dialog
      title={`Put something into ${rack.name}`}
      open={open}
      onClose={onClose}
      actions={<><Button onPress={onClose}>Cancel</Button><Button look="primary" isDisabled={!kind || !named || typeof spot === 'string'} onPress={next}>Preview</Button></>}
    >
      <Tabs label="What" tabs={[{ id: 'there', text: 'A thing without a place' }, { id: 'new', text: 'A new one' }]} shown={tab} onShow={id => { setTab(id); setName('') }}>
        {tab === 'there' && (
          orphans.isPending ? <Waiting /> : orphans.isError ? <ErrorNote error={orphans.error} />
            : things.length === 0
              ? <Empty title="Everything has a place"><Button onPress={() => setTab('new')}>Make a new thing</Button></Empty>
              : <Pick label="Thing" value={name} onChange={setName} choices={things.map(thing => ({ id: thing.name, text: `${thing.name} (${thing.driver})` }))} />
        )}
        {tab === 'new' && (
          <div style={{ display: 'grid', gap: 'var(--gap-3)' }}>
            <Pick label="Driver" value={driver} onChange={setDriver} choices={racked.map(candidate => ({ id: candidate.name, text: candidate.doc ? `${candidate.name}: ${candidate.doc}` : candidate.name }))} empty="No driver is called so." />
            <Field label="Name" value={name} onChange={setName} isDisabled={manager !== ''} />
            {(managers.data?.entities.length ?? 0) > 0 && (
              <Select
                label="Or the next name of"
                value={manager || '-'}
                onChange={id => { setManager(id === '-' ? '' : id); if (id !== '-') setName('') }}
                choices={[{ id: '-', text: 'no manager' }, ...managers.data!.entities.map(entity => ({ id: entity.name, text: entity.name }))]}
              />
            )}
          </div>
        )}
      </Tabs>
      {!kind?.beside && <Field label="Lowest unit" inputMode="numeric" value={unit} onChange={setUnit} help={kind && !kind.rack_units && !half ? 'Leave it empty for something that hangs at the side.' : ''} />}
      {(half || hangs) && <Select label="Side, seen from the front" value={side} onChange={id => setSide(id as Side)} choices={[{ id: 'left', text: 'Left' }, { id: 'right', text: 'Right' }]} />}
      {typeof spot === 'string' ? spot && <p role="alert" className="quiet">{spot}.</p> : spot.units.length > 0 && <p className="quiet">It takes {spot.units.length === 1 ? 'unit' : 'units'} {unitsText(spot.units)}.</p>}
    </Dialog>
  )
}
