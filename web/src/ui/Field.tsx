import { FieldError, Input, Label, Text, TextField, type TextFieldProps } from 'react-aria-components'
import style from './Field.module.css'

export interface FieldProps extends TextFieldProps {
  label: string
  /** Said below, in small letters. */
  help?: string
  /** What is wrong with what is in it. */
  error?: string | undefined
  placeholder?: string
  /** Letters of one width, for queries, addresses and values. */
  mono?: boolean
}

/** A line to type in, with its label. */
export function Field({ label, help, error, placeholder, mono, ...props }: FieldProps) {
  return (
    <TextField {...props} isInvalid={Boolean(error)} className={style.field!}>
      <Label className={style.label!}>{label}</Label>
      <Input className={mono ? `${style.input} mono` : style.input!} placeholder={placeholder} />
      {help && <Text slot="description" className={style.help!}>{help}</Text>}
      <FieldError className={style.error!}>{error}</FieldError>
    </TextField>
  )
}
