import { ListFilter } from 'lucide-react'
import { useState } from 'react'
import { Dialog as AriaDialog, DialogTrigger, Popover } from 'react-aria-components'
import { Button, Field, Select } from '@/ui'
import { quoteValue } from './filters'
import { Suggest } from './Suggest'
import style from './List.module.css'

const operators = ['=', '!=', '>=', '<=', 'like', 'contains', 'exists', 'not exists']

/** Writes conditions for those who do not know the language. */
export function Filters({ onAdd }: { onAdd: (condition: string) => void }) {
  return (
    <div className={style.chips} role="group" aria-label="Filters">
      <ListFilter aria-hidden className={style.icon} />
      <Filter text="Type" onAdd={onAdd} label="Type" before="type = " condition={value => `type = ${quoteValue(value)}`} />
      <Filter text="In" onAdd={onAdd} label="Rack, pool, datacenter …" before="parent = " condition={value => `parent = ${quoteValue(value)}`} />
      <Filter text="Name" onAdd={onAdd} label="Name has in it" before="name = " condition={value => `name contains ${quoteValue(value)}`} />
      <AttrFilter onAdd={onAdd} />
    </div>
  )
}

function Filter({ text, label, before, condition, onAdd }: { text: string; label: string; before: string; condition: (value: string) => string; onAdd: (condition: string) => void }) {
  const [value, setValue] = useState('')
  const [open, setOpen] = useState(false)
  const apply = () => {
    if (value.trim() === '') return
    onAdd(condition(value))
    setValue('')
    setOpen(false)
  }
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <Button small>{text}</Button>
      <Popover className={style.popover!} placement="bottom start">
        <AriaDialog aria-label={`Filter by ${text}`} className={style.form!}>
          <form onSubmit={event => { event.preventDefault(); apply() }} className={style.form}>
            <Suggest label={label} before={before} value={value} onChange={setValue} />
            <Button type="submit" look="primary" small>Add</Button>
          </form>
        </AriaDialog>
      </Popover>
    </DialogTrigger>
  )
}

function AttrFilter({ onAdd }: { onAdd: (condition: string) => void }) {
  const [key, setKey] = useState('')
  const [operator, setOperator] = useState('=')
  const [value, setValue] = useState('')
  const [scope, setScope] = useState('own')
  const [open, setOpen] = useState(false)
  const bare = operator.endsWith('exists')
  const apply = () => {
    if (key.trim() === '' || (!bare && value === '')) return
    onAdd(`${scope === 'own' ? 'attr' : scope} ${key.trim()} ${operator}${bare ? '' : ` ${quoteValue(value)}`}`)
    setKey('')
    setValue('')
    setOpen(false)
  }
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <Button small>Attribute</Button>
      <Popover className={style.popover!} placement="bottom start">
        <AriaDialog aria-label="Filter by an attribute" className={style.form!}>
          <form onSubmit={event => { event.preventDefault(); apply() }} className={style.form}>
            <Suggest label="Attribute" before="attr " value={key} onChange={setKey} placeholder="system.memory" />
            <div className={style.pair}>
              <Select label="Is" value={operator} onChange={setOperator} choices={operators.map(id => ({ id, text: id }))} />
              <Select label="Of" value={scope} onChange={setScope} choices={[{ id: 'own', text: 'its own' }, { id: 'merged', text: 'its own and inherited' }]} />
            </div>
            {!bare && <Field label="Value" mono value={value} onChange={setValue} />}
            <Button type="submit" look="primary" small>Add</Button>
          </form>
        </AriaDialog>
      </Popover>
    </DialogTrigger>
  )
}
