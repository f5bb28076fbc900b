import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useAttempts } from '@/api/attempt'
import { api, type Schemas } from '@/api/client'
import type { Operation } from '@/api/change'
import { read } from '@/api/read'
import { Button, ChangeDialog, Dialog, ErrorNote, Field, Thing, Waiting, formatTime, toast } from '@/ui'
import type { ThingVerb } from './words'

/** Something that was chosen in the palette, and is done only when it was confirmed. */
export type Chosen = { verb: ThingVerb; name: string; to?: string } | { verb: 'revert last' }

/** Asks before what was chosen is done. */
export function ChosenDialog({ chosen, onClose }: { chosen: Chosen | undefined; onClose: () => void }) {
  switch (chosen?.verb) {
    case undefined:
      return null
    case 'revert last':
      return <RevertDialog onClose={onClose} />
    case 'power on':
    case 'power off':
    case 'power cycle':
      return <PowerDialog verb={chosen.verb} name={chosen.name} onClose={onClose} />
    case 'rename':
      return <RenameDialog name={chosen.name} to={chosen.to} onClose={onClose} />
    case 'delete':
      return (
        <ChangeDialog title={<>Delete <span className="name">{chosen.name}</span></>} operations={[{ delete: { entity: chosen.name } }]} verb="Delete" danger onClose={onClose}>
          <p>Its cables, its addresses and its places in containers go with it. It can be brought back.</p>
        </ChangeDialog>
      )
    case 'undelete':
      return <ChangeDialog title={<>Bring back <span className="name">{chosen.name}</span></>} operations={[{ undelete: { name: chosen.name } }]} verb="Bring back" onClose={onClose} />
    default:
      return null
  }
}

const powers = {
  'power on': { action: 'on', title: 'Power on', verb: 'Power on', done: 'is powered on' },
  'power off': { action: 'off', title: 'Power off', verb: 'Power off', done: 'is powered off' },
  'power cycle': { action: 'reboot', title: 'Power cycle', verb: 'Power cycle', done: 'is power cycled' },
} as const

/** Shows which outlets would be switched, and switches them when that is confirmed. */
function PowerDialog({ verb, name, onClose }: { verb: keyof typeof powers; name: string; onClose: () => void }) {
  const power = powers[verb]
  const outlets = useQuery(read('/entities/{name}/power', { path: { name } }))
  const attempts = useAttempts()
  const change = useMutation({
    mutationFn: () => api.POST('/entities/{name}/power', {
      params: { path: { name }, header: { 'Idempotency-Key': attempts.keyOf(power.action) } },
      body: { action: power.action },
    }),
    onSuccess: () => {
      toast(`${name} ${power.done}.`)
      onClose()
    },
  })
  const there = outlets.data?.outlets ?? []
  return (
    <Dialog
      title={<>{power.title} <span className="name">{name}</span>?</>}
      open
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look={verb === 'power on' ? 'primary' : 'danger'} isDisabled={there.length === 0 || change.isPending} onPress={() => change.mutate()}>{power.verb}</Button>
        </>
      }
    >
      {outlets.isPending && <Waiting what="Looking for its outlets" />}
      {outlets.isError && <ErrorNote error={outlets.error} />}
      {outlets.isSuccess && (there.length === 0 ? <p>It is connected to no outlet.</p> : <p>These outlets are switched, really and at once:</p>)}
      <ul>{there.map((outlet, i) => <li key={i}><Thing name={outlet.strip} type="powerstrip" /> outlet {outlet.name || outlet.outlet}{!outlet.switchable && ', which cannot be switched from afar'}</li>)}</ul>
      {change.isError && <ErrorNote error={change.error} />}
    </Dialog>
  )
}

function RenameDialog({ name, to, onClose }: { name: string; to?: string | undefined; onClose: () => void }) {
  const navigate = useNavigate()
  const [wanted, setWanted] = useState(name)
  const [operations, setOperations] = useState<Operation[] | undefined>(to ? [{ rename: { entity: name, name: to } }] : undefined)
  const target = to ?? wanted
  const done = () => void navigate({ to: '/things/$name', params: { name: target } })
  if (operations) {
    return <ChangeDialog title={<>Rename <span className="name">{name}</span> to <span className="name">{target}</span></>} operations={operations} verb="Rename" onClose={onClose} onDone={done} />
  }
  const rename = () => setOperations([{ rename: { entity: name, name: wanted } }])
  const ready = wanted !== '' && wanted !== name
  return (
    <Dialog
      title={<>Rename <span className="name">{name}</span></>}
      open
      onClose={onClose}
      actions={<><Button onPress={onClose}>Cancel</Button><Button look="primary" isDisabled={!ready} onPress={rename}>Preview</Button></>}
    >
      <Field label="Its new name" value={wanted} onChange={setWanted} maxLength={128} autoFocus onKeyDown={e => e.key === 'Enter' && ready && rename()} />
    </Dialog>
  )
}

function RevertDialog({ onClose }: { onClose: () => void }) {
  const newest = useQuery({ ...read('/versions', { query: { limit: 1 } }), staleTime: 0, gcTime: 0 })
  // The version that was there when it was asked stays the one, whatever comes meanwhile.
  const [last, setLast] = useState<Schemas['LogEntry']>()
  const first = newest.data?.versions[0]
  if (!last && first && !newest.isFetching) setLast(first)
  if (!last) {
    return (
      <Dialog title="Revert the last change" open onClose={onClose} actions={<Button onPress={onClose}>Close</Button>}>
        {newest.isError ? <ErrorNote error={newest.error} /> : newest.isPending ? <Waiting /> : <p>Nothing was ever changed.</p>}
      </Dialog>
    )
  }
  return <RevertOf version={last.version} about={`${last.user || 'somebody'}${last.time ? `, ${formatTime(last.time)}` : ''}${last.description ? `: ${last.description}` : ''}`} onClose={onClose} />
}

function RevertOf({ version, about, onClose }: { version: number; about: string; onClose: () => void }) {
  const [operations] = useState<Operation[]>([{ revert: { versions: [version] } }])
  return (
    <ChangeDialog title={`Revert version ${version}`} operations={operations} verb="Revert" danger onClose={onClose}>
      <p className="name">By {about}</p>
    </ChangeDialog>
  )
}
