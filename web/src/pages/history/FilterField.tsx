import { useState } from 'react'
import { Field } from '@/ui'

interface FilterFieldProps {
  label: string
  value: string | undefined
  placeholder?: string
  onCommit: (value: string | undefined) => void
}

/** A line of a filter: it counts when Enter is pressed or the line is left. */
export function FilterField({ label, value, placeholder, onCommit }: FilterFieldProps) {
  const [draft, setDraft] = useState(value ?? '')
  const [committed, setCommitted] = useState(value)
  if (committed !== value) {
    setCommitted(value)
    setDraft(value ?? '')
  }
  const commit = () => {
    const text = draft.trim()
    if (text !== (value ?? '')) onCommit(text || undefined)
  }
  return (
    <Field
      label={label}
      value={draft}
      onChange={setDraft}
      onBlur={commit}
      onKeyDown={event => event.key === 'Enter' && commit()}
      {...(placeholder ? { placeholder } : {})}
    />
  )
}
