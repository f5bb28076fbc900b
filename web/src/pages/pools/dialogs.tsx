import { useState } from 'react'
import type { Operation } from '@/api/change'
import { Button, ChangeDialog, Dialog, Field, Select } from '@/ui'

const kinds = [
  { id: 'pool', text: 'pool: its things may be in any others' },
  { id: 'unique_pool', text: 'unique_pool: in no other unique pool' },
  { id: 'exclusive_pool', text: 'exclusive_pool: in no other pool at all' },
]

/** Makes a pool, in another if that is named. */
export function MakePoolDialog({ inside, onClose, onDone }: { inside?: string; onClose: () => void; onDone?: (name: string) => void }) {
  const [name, setName] = useState('')
  const [driver, setDriver] = useState('pool')
  const [shown, setShown] = useState(false)
  const [operations, setOperations] = useState<Operation[]>()
  const go = () => {
    setShown(true)
    if (name.trim()) setOperations([{ create: { name: name.trim(), driver, ...(inside ? { in: [{ container: inside }] } : {}) } }])
  }
  return (
    <>
      <Dialog
        title={inside ? <>Make a pool in <span className="name">{inside}</span></> : 'Make a pool'}
        open={operations === undefined}
        onClose={onClose}
        actions={<><Button onPress={onClose}>Cancel</Button><Button look="primary" onPress={go}>Preview</Button></>}
      >
        <Field label="Name" value={name} onChange={setName} maxLength={128} error={shown && !name.trim() ? 'A name is needed.' : undefined} onKeyDown={event => event.key === 'Enter' && go()} />
        <Select label="Kind" choices={kinds} value={driver} onChange={setDriver} />
      </Dialog>
      <ChangeDialog
        title="Make a pool" operations={operations} onClose={() => setOperations(undefined)} verb="Make"
        onDone={() => {
          onClose()
          onDone?.(name.trim())
        }}
      />
    </>
  )
}
