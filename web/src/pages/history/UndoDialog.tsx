import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { tryOut, useCommit, type Changed, type Operation } from '@/api/change'
import type { Schemas } from '@/api/client'
import { useAt } from '@/time/at'
import { Button, count, Dialog, Diff, ErrorNote, Field, toast, Waiting } from '@/ui'
import { obstaclesOf, plainWhat, versionsInTheWay } from './obstacles'
import style from './history.module.css'

/** What is to be undone: versions that are reverted, or a thing that is brought back. */
export type Undo = { revert: number[] } | { undelete: { name: string; version: number; as?: string } }

interface UndoDialogProps {
  /** Undefined closes the dialog. */
  undo: Undo | undefined
  onUndo: (undo: Undo | undefined) => void
  onDone?: (changed: Changed) => void
}

function operationsOf(undo: Undo): Operation[] {
  return 'revert' in undo ? [{ revert: { versions: undo.revert } }] : [{ undelete: undo.undelete }]
}

/** Shows what undoing would change, or what stands in its way and what can be done about it, and does it. */
export function UndoDialog({ undo, onUndo, onDone }: UndoDialogProps) {
  const [description, setDescription] = useState('')
  const trial = useQuery({
    queryKey: ['try', undo],
    queryFn: ({ signal }) => tryOut(operationsOf(undo!), signal),
    enabled: undo !== undefined,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  })
  const change = useCommit()
  const past = useAt() !== undefined
  const close = () => {
    change.reset()
    setDescription('')
    onUndo(undefined)
  }
  const make = () =>
    change.mutate({ operations: operationsOf(undo!), description: description || describe(undo!) }, {
      onSuccess: changed => {
        toast(changed.version ? `Version ${changed.version} is made.` : 'All was so already.', changed.version || undefined)
        close()
        onDone?.(changed)
      },
    })
  const error = trial.error ?? change.error
  const obstacles = obstaclesOf(error)
  const left = trial.data?.results?.flatMap(result => result.left ?? []) ?? []
  const entities = trial.data?.diff.entities ?? []
  const ready = trial.isSuccess && !change.isPending && !past && entities.length > 0 && !(trial.data.errors?.length)
  return (
    <Dialog
      title={undo ? titleOf(undo) : ''}
      open={undo !== undefined}
      onClose={close}
      wide
      actions={
        <>
          <Button onPress={close}>Cancel</Button>
          <Button look="primary" isDisabled={!ready} onPress={make}>{undo && 'revert' in undo ? 'Revert' : 'Bring back'}</Button>
        </>
      }
    >
      {trial.isPending && <Waiting what="Looking what that would change" />}
      {error !== null && obstacles.length === 0 && <ErrorNote error={error} />}
      {obstacles.length > 0 && undo && <InTheWay undo={undo} obstacles={obstacles} onUndo={onUndo} />}
      {trial.data?.errors?.map((item, i) => <ErrorNote key={i} error={new Error(item.detail)} />)}
      {trial.isSuccess && (
        <>
          <p className="quiet">{entities.length === 0 ? 'Nothing is to be done: all is so already.' : `A new version would change ${count(entities.length, 'thing')}. The history keeps both.`}</p>
          {left.length > 0 && <Obstacles title="This cannot come back, the rest can:" obstacles={left} />}
          {entities.length > 0 && <Diff entities={entities} limit={100} />}
          {entities.length > 0 && <Field label="Why (optional)" value={description} onChange={setDescription} placeholder={undo && describe(undo)} onKeyDown={e => e.key === 'Enter' && ready && make()} />}
        </>
      )}
    </Dialog>
  )
}

function titleOf(undo: Undo): ReactNode {
  if ('undelete' in undo) return <>Bring back <span className="name">{undo.undelete.name}</span></>
  const [first] = undo.revert
  return undo.revert.length === 1 ? `Revert version ${first}` : `Revert ${count(undo.revert.length, 'version')}`
}

function describe(undo: Undo): string {
  if ('undelete' in undo) return `undelete ${undo.undelete.name}`
  const shown = undo.revert.length > 8 ? `${undo.revert.length} versions, ${Math.min(...undo.revert)} to ${Math.max(...undo.revert)}` : undo.revert.join(', ')
  return `revert ${shown}`
}

type Obstacle = Schemas['Obstacle']

/** Says why it cannot be done, and what would make it possible. */
function InTheWay({ undo, obstacles, onUndo }: { undo: Undo; obstacles: readonly Obstacle[]; onUndo: (undo: Undo) => void }) {
  const [as, setAs] = useState('')
  const versions = versionsInTheWay(obstacles)
  return (
    <>
      <Obstacles title="Later changes stand in the way. Nothing was changed." obstacles={obstacles} />
      {'revert' in undo && versions.length > 0 && (
        <>
          <p>
            See what was done later in {versions.slice(0, 12).map((version, i) => (
              <span key={version}>{i > 0 && ', '}<Link to="/history/$version" params={{ version: String(version) }}>version {version}</Link></span>
            ))}{versions.length > 12 && ` and ${versions.length - 12} more`}. It can be undone together with this:
          </p>
          <p><Button onPress={() => onUndo({ revert: [...new Set([...undo.revert, ...versions])].sort((a, b) => a - b) })}>Revert {versions.length === 1 ? 'that version' : `these ${versions.length} versions`} too</Button></p>
        </>
      )}
      {'undelete' in undo && (
        <div className={style.bar}>
          <Field label="Bring it back under another name" value={as} onChange={setAs} />
          <Button isDisabled={!as.trim()} onPress={() => onUndo({ undelete: { ...undo.undelete, as: as.trim() } })}>Look again</Button>
        </div>
      )}
    </>
  )
}

function Obstacles({ title, obstacles }: { title: string; obstacles: readonly Obstacle[] }) {
  return (
    <div className={style.obstacles} role="alert">
      <p><strong>{title}</strong></p>
      <ul>
        {obstacles.slice(0, 50).map((item, i) => (
          <li key={i} className="name"><strong>{item.entity}</strong>{item.what && `, ${plainWhat(item.what)}`}: {item.why}</li>
        ))}
        {obstacles.length > 50 && <li className="quiet">and {obstacles.length - 50} more</li>}
      </ul>
    </div>
  )
}
