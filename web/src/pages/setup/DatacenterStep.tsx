import { useState } from 'react'
import { useReadNow } from '@/api/read'
import { Field, Select, Thing } from '@/ui'
import { Form, nameError } from './Form'
import type { StepProps } from './SetupPage'

/** Makes a datacenter. */
export function DatacenterStep({ known, propose }: StepProps) {
  const [name, setName] = useState('')
  const [driver, setDriver] = useState('basicdatacenter')
  const drivers = useReadNow('/drivers', { query: { type: ['datacenter'] } })
  const error = nameError(name)
  return (
    <Form
      ready={!error}
      onPropose={() => propose([{ create: { name, driver } }])}
      done={known.datacenters.length > 0 && <>There is {known.datacenters.slice(0, 5).map((one, i) => <span key={one}>{i > 0 && ', '}<Thing name={one} type="datacenter" /></span>)} already. You can make another, or go on.</>}
    >
      <p>Racks stand in it, and what is said of it holds for all that is in it.</p>
      <Field label="Name" help="Such as eqix-sv3." value={name} onChange={setName} error={name ? error : undefined} />
      <Select label="Kind" value={driver} onChange={setDriver} choices={(drivers.data?.drivers ?? [{ name: 'basicdatacenter' }]).map(d => ({ id: d.name, text: d.name }))} />
    </Form>
  )
}
