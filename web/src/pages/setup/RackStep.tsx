import { useState } from 'react'
import { useReadNow } from '@/api/read'
import { ErrorNote, Field, Select, Thing, Waiting } from '@/ui'
import { Form, nameError } from './Form'
import { LayoutPreview } from './LayoutPreview'
import type { StepProps } from './SetupPage'

/** Makes a rack with what its layout puts into it. */
export function RackStep({ known, propose }: StepProps) {
  const [name, setName] = useState('')
  const [where, setWhere] = useState(known.datacenters[0] ?? '')
  const layouts = useReadNow('/layouts', {})
  const [chosen, setChosen] = useState<string>()
  const layout = chosen ?? layouts.data?.layouts[0]?.name ?? ''
  const table = useReadNow('/layouts/{name}', { path: { name: layout } }, { enabled: layout !== '', keep: true })
  const error = nameError(name)
  const driver = table.data?.rack || 'apcrack'
  return (
    <Form
      ready={!error && table.isSuccess}
      onPropose={() => propose([
        { create: { name, driver, attrs: [{ key: 'racklayout', type: 'string', value: layout }], ...(where ? { in: [{ container: where }] } : {}) } },
        { apply_layout: { rack: name, layout } },
      ])}
      done={known.racks.length > 0 && <>There is {known.racks.slice(0, 5).map((one, i) => <span key={one}>{i > 0 && ', '}<Thing name={one} type="rack" /></span>)} already. You can make another, or go on.</>}
    >
      <p>A layout says which devices a rack has, which server stands behind which port of its switch, and how all is cabled.</p>
      <Field label="Name" help="Such as sv3-001." value={name} onChange={setName} error={name ? error : undefined} />
      {known.datacenters.length > 0 && <Select label="Datacenter" value={where} onChange={setWhere} choices={[...known.datacenters.map(one => ({ id: one, text: one })), { id: '', text: 'In none' }]} />}
      {layouts.isPending && <Waiting />}
      {layouts.isError && <ErrorNote error={layouts.error} />}
      {layouts.data && <Select label="Layout" value={layout} onChange={setChosen} choices={layouts.data.layouts.map(one => ({ id: one.name, text: one.name }))} />}
      {table.isError && <ErrorNote error={table.error} />}
      {table.data && <LayoutPreview layout={table.data} rack={name || 'the rack'} />}
    </Form>
  )
}
