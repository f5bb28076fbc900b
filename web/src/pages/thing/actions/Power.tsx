import { useMutation } from '@tanstack/react-query'
import { Power as PowerIcon, PowerOff, RefreshCw } from 'lucide-react'
import { useState } from 'react'
import { useAttempts } from '@/api/attempt'
import { api } from '@/api/client'
import { useRead } from '@/api/read'
import { useMayChange } from '@/api/may'
import { Badge, Button, Dialog, ErrorNote, Field, Panel, toast } from '@/ui'
import { TracePath } from '../ports/TracePath'
import style from '../thing.module.css'
import type { ThingData } from '../useThing'

type Action = 'on' | 'off' | 'reboot'

const words: Record<Action, string> = { on: 'Switch on', off: 'Switch off', reboot: 'Power cycle' }

/** By which outlets a thing is supplied, and switching them. What interrupts it has to be confirmed with its name. */
export function Power({ thing }: { thing: ThingData }) {
  const [asked, setAsked] = useState<Action>()
  const mayChange = useMayChange()
  const power = useRead('/entities/{name}/power', { path: { name: thing.name } })
  if (!power.data || power.data.outlets.length === 0) return null
  const { outlets } = power.data
  const switchable = outlets.some(outlet => outlet.switchable)
  return (
    <Panel
      title="Power"
      actions={mayChange && switchable && (
        <span className={style.buttons}>
          <Button small onPress={() => setAsked('on')}><PowerIcon /> On</Button>
          <Button small look="danger" onPress={() => setAsked('off')}><PowerOff /> Off</Button>
          <Button small look="danger" onPress={() => setAsked('reboot')}><RefreshCw /> Cycle</Button>
        </span>
      )}
    >
      <div className={style.stack}>
        {outlets.map(outlet => (
          <div key={`${outlet.strip} ${outlet.outlet}`} className={style.lines}>
            <TracePath
              here={thing.name}
              cables={[{
                from: { entity: thing.name, ...(outlet.port ? { type: 'power', port: outlet.port } : {}) },
                to: { entity: outlet.strip, type: 'outlet', port: outlet.outlet, ...(outlet.name ? { outlet: outlet.name } : {}) },
              }]}
            />
            {!outlet.switchable && <p><Badge>not switchable from afar</Badge></p>}
          </div>
        ))}
      </div>
      {asked && <Confirm thing={thing} action={asked} onClose={() => setAsked(undefined)} />}
    </Panel>
  )
}

function Confirm({ thing, action, onClose }: { thing: ThingData; action: Action; onClose: () => void }) {
  const [typed, setTyped] = useState('')
  const disrupts = action !== 'on'
  const attempts = useAttempts()
  const act = useMutation({
    mutationFn: () => api.POST('/entities/{name}/power', { params: { path: { name: thing.name }, header: { 'Idempotency-Key': attempts.keyOf(action) } }, body: { action } }),
    onSuccess: () => {
      toast(`${thing.name}: ${words[action].toLowerCase()} is done.`)
      onClose()
    },
  })
  const ready = (!disrupts || typed === thing.name) && !act.isPending
  return (
    <Dialog
      title={<>{words[action]}: <span className="name">{thing.name}</span></>} open onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look={disrupts ? 'danger' : 'primary'} isDisabled={!ready} onPress={() => act.mutate()}>{words[action]}</Button>
        </>
      }
    >
      <p>This acts on the real thing at once, and cannot be undone.</p>
      {disrupts && <Field label="Its name, to be sure" mono value={typed} onChange={setTyped} autoFocus onKeyDown={e => e.key === 'Enter' && ready && act.mutate()} />}
      {act.isError && <ErrorNote error={act.error} />}
    </Dialog>
  )
}
