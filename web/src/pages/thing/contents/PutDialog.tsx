import { useState } from 'react'
import type { Operation } from '@/api/change'
import { useReadNow } from '@/api/read'
import { Button, ChangeDialog, Dialog, Field, ThingPicker } from '@/ui'
import style from '../thing.module.css'
import { unchanged, type ThingData } from '../useThing'

/** Puts a thing into a container, or something into it; into a rack at units. */
export function PutDialog({ thing, into = false, onClose }: { thing: ThingData; into?: boolean; onClose: () => void }) {
  const [other, setOther] = useState('')
  const [units, setUnits] = useState('')
  const [operations, setOperations] = useState<Operation[]>()
  const name = other.trim()
  const chosen = useReadNow('/entities', { query: { name: [name], fields: ['type'] } }, { enabled: name !== '' })
  const found = chosen.data?.entities[0]
  const isRack = into ? found?.type === 'rack' : thing.type === 'rack'
  const numbers = unitsOf(units)
  const look = () =>
    setOperations([{
      insert: { entity: into ? thing.name : name, container: into ? name : thing.name, ...(isRack && numbers.length > 0 ? { rack_units: numbers } : {}) },
    }])
  const ready = name !== '' && found !== undefined && (units.trim() === '' || numbers.length > 0)
  if (operations) {
    return <ChangeDialog title={into ? `Put it into ${name}` : `Put ${name} in`} verb="Put" operations={operations} ifMatch={unchanged(thing)} onClose={() => setOperations(undefined)} onDone={onClose} />
  }
  return (
    <Dialog
      title={into ? <>Put <span className="name">{thing.name}</span> into …</> : <>Put into <span className="name">{thing.name}</span></>} open onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={!ready} onPress={look}>Preview</Button>
        </>
      }
    >
      <div className={style.form}>
        <ThingPicker label={into ? 'Container' : 'Thing'} value={other} onChange={setOther} autoFocus />
        {isRack && (
          <Field
            label="Units" mono value={units} onChange={setUnits} error={units.trim() !== '' && numbers.length === 0 ? 'Write 7, or 7-8, or 7, 9' : undefined}
            help="From 1 at the bottom, such as 7 or 7-8. One is enough where the driver knows the height."
          />
        )}
      </div>
    </Dialog>
  )
}

/** Returns the units that a text such as "7, 9-11" means; none if it means none. */
export function unitsOf(text: string): number[] {
  const units: number[] = []
  for (const part of text.split(/[\s,]+/).filter(part => part !== '')) {
    const match = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(part)
    if (!match) return []
    const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])]
    if (last < first || last - first > 100) return []
    for (let unit = first; unit <= last; unit++) units.push(unit)
  }
  return units
}
