import { useState } from 'react'
import { Field } from '@/ui'
import { Form } from './Form'
import type { StepProps } from './SetupPage'
import { serverNames } from './there'

/** Makes the manager that names new servers. */
export function NamesStep({ known, propose }: StepProps) {
  const [base, setBase] = useState('s')
  const [digits, setDigits] = useState('4')
  const badBase = base.trim() ? undefined : 'Names need a beginning.'
  const badDigits = /^[1-9]$/.test(digits.trim()) ? undefined : 'Write a number from 1 to 9.'
  const zeros = badDigits ? '' : '0'.repeat(Number(digits) - 1)
  if (known.there.names) {
    return <p>There is <code>{serverNames}</code> already: machines that are discovered get their names from it.</p>
  }
  return (
    <Form
      ready={!badBase && !badDigits}
      onPropose={() => propose([{ create: { name: serverNames, driver: 'simpleentitynamemanager', properties: { basename: base.trim(), digits: Number(digits), next: 1 } } }])}
    >
      <p>Machines that are discovered get names of a beginning and a number, from <code>{serverNames}</code>. They can be renamed later.</p>
      <Field label="Beginning" value={base} onChange={setBase} error={badBase} />
      <Field label="Digits" value={digits} onChange={setDigits} error={badDigits} />
      {!badBase && !badDigits && <p className="quiet">The first will be <span className="mono name">{base.trim()}{zeros}1</span>, the next <span className="mono name">{base.trim()}{zeros}2</span>.</p>}
    </Form>
  )
}
