import { ChevronDown } from 'lucide-react'
import { Button, Label, ListBox, ListBoxItem, Popover, Select as AriaSelect, SelectValue } from 'react-aria-components'
import field from './Field.module.css'
import style from './Select.module.css'

export interface Choice {
  id: string
  text: string
}

export interface SelectProps {
  label: string
  /** Says the label to screen readers alone. */
  quiet?: boolean
  choices: readonly Choice[]
  value: string
  onChange: (id: string) => void
  isDisabled?: boolean
}

/** One of a few. For many, such as names, a ComboBox that asks the server is better. */
export function Select({ label, quiet, choices, value, onChange, isDisabled = false }: SelectProps) {
  return (
    <AriaSelect
      className={field.field!}
      value={value}
      onChange={key => key !== null && onChange(String(key))}
      isDisabled={isDisabled}
      {...(quiet ? { 'aria-label': label } : {})}
    >
      {!quiet && <Label className={field.label!}>{label}</Label>}
      <Button className={style.button!}>
        <SelectValue />
        <ChevronDown aria-hidden />
      </Button>
      <Popover className={style.popover!}>
        <ListBox items={choices} className={style.list!}>
          {choice => <ListBoxItem id={choice.id} className={style.item!}>{choice.text}</ListBoxItem>}
        </ListBox>
      </Popover>
    </AriaSelect>
  )
}
