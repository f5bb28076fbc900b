import type { ReactNode } from 'react'
import { ComboBox, FieldError, Input, Label, ListBox, ListBoxItem, Popover, Text } from 'react-aria-components'
import field from './Field.module.css'
import select from './Select.module.css'

export interface Suggestion {
  id: string
  text: string
  /** Said behind the text, in quiet letters. */
  note?: ReactNode
}

export interface SuggestProps {
  label: string
  value: string
  /** Called with what was typed, and with what was chosen. */
  onChange: (text: string, chosen: boolean) => void
  suggestions: readonly Suggestion[]
  help?: string
  error?: string | undefined
  mono?: boolean
  isDisabled?: boolean
  autoFocus?: boolean
  /** Whoever uses it makes another text of what is chosen. */
  rewrites?: boolean
}

/** A line to type in that suggests texts. Whoever uses it looks for the suggestions; others may be typed too. */
export function Suggest({ label, value, onChange, suggestions, help, error, mono, rewrites, ...props }: SuggestProps) {
  return (
    <ComboBox
      {...props}
      className={field.field!}
      items={suggestions}
      inputValue={value}
      onInputChange={text => text !== value && onChange(text, false)}
      // Without a choice of its own the line takes any text; with one the list closes when something is chosen.
      {...(rewrites ? { value: null } : {})}
      onChange={id => id !== null && onChange(suggestions.find(suggestion => suggestion.id === id)?.text ?? String(id), true)}
      allowsCustomValue
      menuTrigger="focus"
      isInvalid={Boolean(error)}
    >
      <Label className={field.label!}>{label}</Label>
      <Input className={mono ? `${field.input} mono` : field.input!} />
      {help && <Text slot="description" className={field.help!}>{help}</Text>}
      <FieldError className={field.error!}>{error}</FieldError>
      <Popover className={select.popover!}>
        <ListBox className={select.list!}>
          {(suggestion: Suggestion) => (
            <ListBoxItem id={suggestion.id} textValue={suggestion.text} className={select.item!}>
              <span className="name">{suggestion.text}</span> {suggestion.note && <span className="quiet">{suggestion.note}</span>}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  )
}
