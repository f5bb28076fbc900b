import { useNavigate } from '@tanstack/react-router'
import { MoreHorizontal } from 'lucide-react'
import { useState } from 'react'
import type { Operation } from '@/api/change'
import { useReadNow } from '@/api/read'
import { useMayChange } from '@/api/may'
import { Button, ChangeDialog, CopyButton, Dialog, Field, Menu, Suggest } from '@/ui'
import style from './thing.module.css'
import { unchanged, type ThingData } from './useThing'

/** What can be done with a thing as a whole. */
export function ThingMenu({ thing }: { thing: ThingData }) {
  const [doing, setDoing] = useState<string>()
  const [operations, setOperations] = useState<Operation[]>()
  const mayChange = useMayChange()
  const close = () => setDoing(undefined)
  return (
    <>
      <CopyButton text={location.href}>Copy link</CopyButton>
      {mayChange && (
        <Menu
          trigger={<Button aria-label="More"><MoreHorizontal /></Button>}
          choices={[{ id: 'rename', text: 'Rename …' }, { id: 'driver', text: 'Change driver …' }, { id: 'delete', text: 'Delete …' }]}
          onChoose={id => (id === 'delete' ? setOperations([{ delete: { entity: thing.name } }]) : setDoing(id))}
        />
      )}
      {doing === 'rename' && <RenameDialog thing={thing} onClose={close} />}
      {doing === 'driver' && <DriverDialog thing={thing} onClose={close} />}
      <ChangeDialog
        title={<>Delete <span className="name">{thing.name}</span></>} verb="Delete" danger
        operations={operations} ifMatch={unchanged(thing)} onClose={() => setOperations(undefined)}
      >
        <p className="quiet">It is taken out of its containers, its cables are taken away, and its addresses are free again. It can be brought back with all that.</p>
      </ChangeDialog>
    </>
  )
}

function RenameDialog({ thing, onClose }: { thing: ThingData; onClose: () => void }) {
  const [name, setName] = useState(thing.name)
  const [operations, setOperations] = useState<Operation[]>()
  const navigate = useNavigate()
  const ready = name.trim() !== '' && name !== thing.name
  const look = () => setOperations([{ rename: { entity: thing.name, name } }])
  if (operations) {
    const onDone = () => {
      onClose()
      void navigate({ to: '/things/$name', params: { name }, search: true, replace: true })
    }
    return <ChangeDialog title="Rename" verb="Rename" operations={operations} ifMatch={unchanged(thing)} onClose={() => setOperations(undefined)} onDone={onDone} />
  }
  return (
    <Dialog
      title={<>Rename <span className="name">{thing.name}</span></>} open onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={!ready} onPress={look}>Preview</Button>
        </>
      }
    >
      <Field label="New name" value={name} onChange={setName} maxLength={128} autoFocus onKeyDown={e => e.key === 'Enter' && ready && look()} help="What refers to it follows; older versions show the old name." />
    </Dialog>
  )
}

function DriverDialog({ thing, onClose }: { thing: ThingData; onClose: () => void }) {
  const [driver, setDriver] = useState(thing.driver ?? '')
  const [operations, setOperations] = useState<Operation[]>()
  const drivers = useReadNow('/drivers', {})
  const known = drivers.data?.drivers ?? []
  const suggestions = known
    .filter(({ name }) => driver === thing.driver || name.includes(driver.toLowerCase()))
    .toSorted((a, b) => Number(b.type === thing.type) - Number(a.type === thing.type))
    .map(({ name, type }) => ({ id: name, text: name, note: type }))
  const chosen = known.find(({ name }) => name === driver.trim())
  if (operations) {
    return <ChangeDialog title="Change the driver" verb="Change" operations={operations} ifMatch={unchanged(thing)} onClose={() => setOperations(undefined)} onDone={onClose} />
  }
  return (
    <Dialog
      title={<>Driver of <span className="name">{thing.name}</span></>} open onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={!chosen || chosen.name === thing.driver} onPress={() => setOperations([{ set_driver: { entity: thing.name, driver: driver.trim() } }])}>Preview</Button>
        </>
      }
    >
      <Suggest label="Driver" mono value={driver} onChange={setDriver} suggestions={suggestions} autoFocus />
      {chosen && chosen.type !== thing.type && <p className={style.note}>This makes it a {chosen.type}; now it is a {thing.type}.</p>}
      {chosen?.doc && <p className="quiet">{chosen.doc}</p>}
    </Dialog>
  )
}
