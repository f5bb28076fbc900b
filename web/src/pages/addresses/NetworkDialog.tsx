import { useState } from 'react'
import type { Changed, Operation } from '@/api/change'
import { useReadNow } from '@/api/read'
import { Button, ChangeDialog, count, Dialog, Field, Select } from '@/ui'
import { contains, formatPrefix, parsePrefix } from './ip'
import { checkNetwork, networkOperations, smallestAround, type NetworkForm } from './network'
import type { Manager } from './tree'
import style from './Addresses.module.css'

const policies = [
  { id: 'next', text: 'next: the one after the last' },
  { id: 'lowest', text: 'lowest: the lowest that is free' },
  { id: 'lru', text: 'lru: what was free for longest' },
]

export interface NetworkDialogProps {
  /** The network that is proposed. */
  prefix?: string
  /** The manager that is changed; without it one is made. */
  was?: Manager
  managers: readonly Manager[]
  onClose: () => void
  onDone?: (name: string, changed: Changed) => void
}

/** A form that makes a network, or changes one, and says what it overlaps. */
export function NetworkDialog({ prefix = '', was, managers, onClose, onDone }: NetworkDialogProps) {
  const [form, setForm] = useState<NetworkForm>({
    name: was?.name ?? '', prefix: was?.network?.prefix ?? prefix, gateway: was?.network?.gateway ?? '', policy: was?.policy ?? 'next',
  })
  const [shown, setShown] = useState(false)
  const [operations, setOperations] = useState<Operation[]>()
  const checked = checkNetwork(form, managers, was)
  const wrong = Object.keys(checked.errors).length > 0
  const set = (field: keyof NetworkForm) => (value: string) => setForm({ ...form, [field]: value })
  const go = () => {
    setShown(true)
    if (!wrong) setOperations(networkOperations(form, checked.prefix!, was))
  }
  const error = (field: keyof NetworkForm) => (shown || (form[field] !== '' && field !== 'prefix') ? checked.errors[field] : undefined)
  const outer = checked.prefix && !was ? smallestAround(checked.prefix, managers) : undefined
  return (
    <>
      <Dialog
        title={was ? <>Change <span className="name">{was.name}</span></> : 'Make a network'}
        open={operations === undefined}
        onClose={onClose}
        actions={<><Button onPress={onClose}>Cancel</Button><Button look="primary" onPress={go}>Preview</Button></>}
      >
        <Field label="Name" value={form.name} onChange={set('name')} error={error('name')} maxLength={128} />
        <Field label="Network" mono value={form.prefix} onChange={set('prefix')} placeholder="10.2.0.0/24" error={error('prefix')} />
        <Field label="Gateway (optional)" mono value={form.gateway} onChange={set('gateway')} error={error('gateway')} help="Is never handed out unasked." />
        <Select label="What is handed out next" choices={policies} value={form.policy} onChange={set('policy')} />
        {checked.warnings.length > 0 && <ul className={style.warnings}>{checked.warnings.map(warning => <li key={warning} className="name">{warning}</li>)}</ul>}
        {outer && checked.prefix && <InUse manager={outer} prefix={formatPrefix(checked.prefix)} />}
      </Dialog>
      <ChangeDialog
        title={was ? `Change ${was.name}` : `Make the network ${form.prefix}`}
        operations={operations}
        onClose={() => setOperations(undefined)}
        onDone={changed => {
          onClose()
          onDone?.(form.name.trim(), changed)
        }}
        verb={was ? 'Change' : 'Make'}
      />
    </>
  )
}

/** Says how many addresses of a new network are given already, by the network that it is inside of. */
function InUse({ manager, prefix }: { manager: Manager; prefix: string }) {
  const outer = manager.network && parsePrefix(manager.network.prefix)
  const inner = parsePrefix(prefix)
  const ask = Boolean(outer && inner && contains(outer, inner))
  const map = useReadNow('/managers/{name}/map', { path: { name: manager.name }, query: { within: prefix } }, { enabled: ask })
  if (!map.data) return null
  const used = (map.data.pieces ?? []).filter(piece => piece.state === 'used').length + (map.data.blocks ?? []).reduce((sum, block) => sum + block.used, 0)
  if (used === 0) return null
  return <p className={style.warning}>{count(used, 'address', 'addresses')} of it {used === 1 ? 'is' : 'are'} given already, by <span className="name">{manager.name}</span>; who has them keeps them.</p>
}
