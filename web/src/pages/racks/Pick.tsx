import { Button, ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from 'react-aria-components'
import { ChevronDown } from 'lucide-react'
import field from '@/ui/Field.module.css'
import select from '@/ui/Select.module.css'
import style from './racks.module.css'

export interface PickProps {
  label: string
  choices: readonly { id: string; text: string }[]
  value: string
  onChange: (id: string) => void
  /** Shown when nothing fits. */
  empty?: string
}

/** One of many names, which is found by typing a part of it. */
export function Pick({ label, choices, value, onChange, empty = 'Nothing is called so.' }: PickProps) {
  const chosen = choices.find(choice => choice.id === value)
  return (
    <ComboBox
      className={field.field!}
      defaultItems={[...choices]}
      selectedKey={chosen ? value : null}
      onSelectionChange={key => key !== null && onChange(String(key))}
      defaultInputValue={chosen?.text ?? ''}
      menuTrigger="focus"
      allowsEmptyCollection
      defaultFilter={(text, typed) => text.toLowerCase().includes(typed.toLowerCase())}
    >
      <Label className={field.label!}>{label}</Label>
      <div className={style.combo}>
        <Input className={field.input!} />
        <Button className={style.comboButton!} aria-label="Show all"><ChevronDown aria-hidden /></Button>
      </div>
      <Popover className={select.popover!}>
        <ListBox className={select.list!} renderEmptyState={() => <p className="quiet">{empty}</p>}>
          {(choice: { id: string; text: string }) => <ListBoxItem id={choice.id} className={select.item!} textValue={choice.text}><span className="name">{choice.text}</span></ListBoxItem>}
        </ListBox>
      </Popover>
    </ComboBox>
  )
}
