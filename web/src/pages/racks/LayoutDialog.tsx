import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { tryOut, type Operation } from '@/api/change'
import { useReadNow } from '@/api/read'
import { Button, ChangeDialog, Dialog, Empty, ErrorNote, Select, Waiting } from '@/ui'
import type { Colours } from './colours'
import type { Elevation } from './elevation'
import { RackDrawing } from './RackDrawing'
import style from './racks.module.css'

/** Shows a rack as a layout would make it, and applies the layout. */
export function LayoutDialog({ rack, layout: own, colours, onClose }: { rack: Elevation; layout: string | undefined; colours: Colours; onClose: () => void }) {
  const layouts = useReadNow('/layouts', {})
  const [layout, setLayout] = useState(own ?? '')
  const [applying, setApplying] = useState(false)
  const operations: Operation[] = [{ apply_layout: { rack: rack.name, layout } }]
  const trial = useQuery({
    queryKey: ['try', operations],
    queryFn: ({ signal }) => tryOut(operations, signal),
    enabled: layout !== '',
    staleTime: 0,
  })
  const result = trial.data?.results[0]
  const errors = trial.data?.errors ?? []
  const then = result?.rack
  const was = new Set(rack.devices.map(device => device.name))
  const added = new Set(then?.devices.filter(device => !was.has(device.name)).map(device => device.name))
  const names = layouts.data?.layouts.map(known => known.name) ?? []
  return (
    <>
      <Dialog
        title={`Layout of ${rack.name}`}
        open={!applying}
        onClose={onClose}
        wide
        actions={<><Button onPress={onClose}>Cancel</Button><Button look="primary" isDisabled={!then || errors.length > 0} onPress={() => setApplying(true)}>Apply</Button></>}
      >
        {layouts.isError && <ErrorNote error={layouts.error} />}
        {layouts.isSuccess && names.length === 0 && <Empty title="No layout is loaded" />}
        <Select label="Layout" value={layout} onChange={setLayout} choices={names.map(name => ({ id: name, text: name }))} />
        {layout !== '' && trial.isPending && <Waiting what="Trying it out" />}
        {trial.isError && <ErrorNote error={trial.error} />}
        {errors.map((item, i) => <ErrorNote key={i} error={new Error(item.detail ?? 'This would fail')} />)}
        {errors.length === 0 && then && (
          <div className={style.preview}>
            <div>
              <h3>As it would be</h3>
              <RackDrawing rack={then} colour={colours.colour} lit={added} />
            </div>
            <div>
              <h3>Steps</h3>
              {(result?.steps ?? []).length === 0 && <p className="quiet">It is so already.</p>}
              <ol className={style.steps}>{(result?.steps ?? []).map((step, i) => <li key={i} className="name">{step}</li>)}</ol>
              {(result?.notes ?? []).map((note, i) => <p key={i} className="quiet name">{note}</p>)}
            </div>
          </div>
        )}
      </Dialog>
      <ChangeDialog title={`Apply layout ${layout}`} verb="Apply" operations={applying ? operations : undefined} onClose={() => setApplying(false)} onDone={onClose} />
    </>
  )
}
