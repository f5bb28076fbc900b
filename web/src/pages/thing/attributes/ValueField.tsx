import { Label, FieldError, TextArea, TextField } from 'react-aria-components'
import { Field, ThingPicker } from '@/ui'
import field from '@/ui/Field.module.css'
import style from './attributes.module.css'
import type { ValueType } from './values'

/** A line for a value of a type: names of things are suggested, JSON has several lines. */
export function ValueField({ type, text, onChange, error, autoFocus }: {
  type: ValueType
  text: string
  onChange: (text: string) => void
  error?: string | undefined
  autoFocus?: boolean
}) {
  const focus = autoFocus ? { autoFocus } : {}
  if (type === 'relation') return <ThingPicker label="Value" value={text} onChange={onChange} error={error} {...focus} />
  if (type === 'json') {
    return (
      <TextField className={field.field!} value={text} onChange={onChange} isInvalid={Boolean(error)} {...focus}>
        <Label className={field.label!}>Value</Label>
        <TextArea className={`${field.input} ${style.json} mono`} rows={Math.min(12, text.split('\n').length + 1)} />
        <FieldError className={field.error!}>{error}</FieldError>
      </TextField>
    )
  }
  return <Field label="Value" mono value={text} onChange={onChange} error={error} {...focus} {...(type === 'datetime' ? { placeholder: '2026-11-22 14:00' } : {})} />
}
