import { GripVertical, Plus, X } from 'lucide-react'
import { useState } from 'react'
import { Button as AriaButton, GridList, GridListItem, useDragAndDrop } from 'react-aria-components'
import { Button, Dialog, Select } from '@/ui'
import { headingOf } from './search'
import { Suggest } from './Suggest'
import style from './List.module.css'

const plainColumns = ['name', 'type', 'driver', 'hostname', 'rack', 'ru', 'parent', 'pool', 'datacenter', 'cage', 'zone', 'role', 'ip', 'public_ips', 'internal_ips', 'mac']

/** Chooses the columns of a list, and their order: by drag, or with the keyboard from their handles. */
export function ColumnsDialog({ open, columns, onClose, onChange }: { open: boolean; columns: readonly string[]; onClose: () => void; onChange: (columns: string[]) => void }) {
  const [key, setKey] = useState('')
  const [scope, setScope] = useState('own')
  const items = columns.map(column => ({ id: column }))
  const { dragAndDropHooks } = useDragAndDrop({
    getItems: keys => [...keys].map(moved => ({ 'text/plain': String(moved) })),
    onReorder: event => {
      const moved = new Set([...event.keys].map(String))
      const rest = columns.filter(column => !moved.has(column))
      const at = rest.indexOf(String(event.target.key)) + (event.target.dropPosition === 'after' ? 1 : 0)
      onChange([...rest.slice(0, at), ...columns.filter(column => moved.has(column)), ...rest.slice(at)])
    },
  })
  const addColumn = (column: string) => !columns.includes(column) && onChange([...columns, column])
  const left = plainColumns.filter(column => !columns.includes(column))
  const addAttr = () => {
    if (key.trim() === '') return
    addColumn(`${scope}(${key.trim()})`)
    setKey('')
  }
  return (
    <Dialog title="Columns" open={open} onClose={onClose} actions={<Button look="primary" onPress={onClose}>Done</Button>}>
      <GridList aria-label="Columns that are shown, in their order" items={items} dragAndDropHooks={dragAndDropHooks} className={style.order!}>
        {item => (
          <GridListItem textValue={headingOf(item.id)} className={style.orderItem!}>
            <AriaButton slot="drag" className={style.grip!} aria-label={`Move ${headingOf(item.id)}`}><GripVertical aria-hidden /></AriaButton>
            <span className="name">{headingOf(item.id)}</span>
            <Button look="plain" small aria-label={`Leave out ${headingOf(item.id)}`} isDisabled={columns.length === 1} onPress={() => onChange(columns.filter(column => column !== item.id))}><X /></Button>
          </GridListItem>
        )}
      </GridList>
      <p className="quiet">Drag to change the order. By keyboard: Enter on a handle, arrows, Enter.</p>
      {left.length > 0 && (
        <div className={style.chips} role="group" aria-label="Add a column">
          {left.map(column => <Button key={column} small onPress={() => addColumn(column)}><Plus />{headingOf(column)}</Button>)}
        </div>
      )}
      <div className={style.pair}>
        <Suggest label="An attribute" before="attr " value={key} onChange={setKey} placeholder="system.serial" />
        <Select label="Which" value={scope} onChange={setScope} choices={[{ id: 'own', text: 'its own' }, { id: 'merged', text: 'merged' }]} />
        <Button onPress={addAttr}><Plus />Add</Button>
      </div>
    </Dialog>
  )
}
