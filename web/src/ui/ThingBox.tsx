import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { ComboBox, FieldError, Input, Label, ListBox, ListBoxItem, Popover, Text } from 'react-aria-components'
import { read } from '@/api/read'
import field from './Field.module.css'
import select from './Select.module.css'

export interface ThingBoxProps {
  label: string
  /** The name that was chosen, "" for none. */
  value: string
  onChange: (name: string) => void
  /** Only things of these types. */
  types?: readonly string[]
  help?: string
  error?: string | undefined
  isRequired?: boolean
}

/** Returns a value as it was some time ago, so that not every letter is a question. */
function useLate<T>(value: T, ms: number): T {
  const [late, setLate] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return late
}

/** The name of a thing, to be typed or chosen from those that the server finds. */
export function ThingBox({ label, value, onChange, types, help, error, isRequired = false }: ThingBoxProps) {
  const [text, setText] = useState(value)
  const asked = useLate(text.trim(), 120)
  const found = useQuery({
    ...read('/search', { query: { q: asked || ' ', limit: 50 } }),
    enabled: asked !== '',
    placeholderData: keepPreviousData,
  })
  const seen = new Set<string>()
  const hits = (asked === '' ? [] : (found.data?.hits ?? []))
    .filter(hit => (!types || types.includes(hit.type)) && !seen.has(hit.name) && seen.add(hit.name))
    .map(hit => ({ id: hit.name, ...hit }))
  const change = (next: string) => {
    setText(next)
    onChange(next.trim())
  }
  return (
    <ComboBox
      className={field.field!}
      items={hits}
      inputValue={text}
      onInputChange={change}
      onSelectionChange={key => key !== null && change(String(key))}
      allowsCustomValue
      allowsEmptyCollection
      menuTrigger="input"
      isRequired={isRequired}
      isInvalid={Boolean(error)}
    >
      <Label className={field.label!}>{label}</Label>
      <Input className={field.input!} placeholder="Name, address or MAC" />
      {help && <Text slot="description" className={field.help!}>{help}</Text>}
      <FieldError className={field.error!}>{error}</FieldError>
      <Popover className={select.popover!}>
        <ListBox className={select.list!} renderEmptyState={() => <span className="quiet">{asked === '' ? 'Type to search.' : 'Nothing is found.'}</span>}>
          {(hit: (typeof hits)[number]) => (
            <ListBoxItem id={hit.id} textValue={hit.name} className={select.item!}>
              <span className="name">{hit.name}</span> <span className="quiet">{hit.type}{hit.matched !== 'name' && hit.value ? `, ${hit.value}` : ''}</span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  )
}
