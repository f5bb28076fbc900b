import { ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from 'react-aria-components'
import { useReadNow } from '@/api/read'
import field from '@/ui/Field.module.css'
import select from '@/ui/Select.module.css'
import { quoteValue } from './filters'
import { useLater } from './later'

/** What a begun text is completed as: the query that stands before it, such as "parent = ". */
export interface SuggestProps {
  label: string
  before: string
  value: string
  onChange: (value: string) => void
  placeholder?: string
}

/** A line to type in that says what there is, as the query language knows it. Anything can be typed. */
export function Suggest({ label, before, value, onChange, placeholder }: SuggestProps) {
  const query = useLater(before + (value === '' ? '' : before.endsWith('attr ') ? value : quoteValue(value).replace(/"$/, '')), 120)
  const found = useReadNow('/query/completions', { query: { query } }, { keep: true })
  const items = (found.data?.candidates ?? []).filter(one => one.kind === 'name' || one.kind === 'value' || one.kind === 'attribute').map(one => ({ id: plain(one.text, one.kind === 'attribute'), about: one.about }))
  return (
    <ComboBox
      className={field.field!}
      allowsCustomValue
      menuTrigger="focus"
      items={items}
      inputValue={value}
      onInputChange={onChange}
      onChange={key => key !== null && onChange(String(key))}
      defaultFilter={() => true}
    >
      <Label className={field.label!}>{label}</Label>
      <Input className={`${field.input} mono`} placeholder={placeholder} />
      <Popover className={select.popover!}>
        <ListBox className={select.list!}>
          {(item: (typeof items)[number]) => <ListBoxItem id={item.id} textValue={item.id} className={`${select.item} name`}>{item.id}</ListBoxItem>}
        </ListBox>
      </Popover>
    </ComboBox>
  )
}

/** Returns a value without the quotes that it has in a query; names of attributes keep theirs. */
export function plain(text: string, attribute = false): string {
  if (attribute || !text.startsWith('"')) return text
  return text.slice(1, -1).replace(/\\(["\\nrt])/g, (_, c: string) => ({ n: '\n', r: '\r', t: '\t' })[c] ?? c)
}
