import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { tryOut, useCommit, type Changed, type Condition, type Operation } from '@/api/change'
import { useAt } from '@/time/at'
import { Button } from './Button'
import { Dialog } from './Dialog'
import { Diff } from './Diff'
import { Field } from './Field'
import { count } from './format'
import { ErrorNote, Waiting } from './Notes'
import { toast } from './Toasts'

export interface ChangeDialogProps {
  title: ReactNode
  /** What is to be done; all or nothing. Undefined closes the dialog. */
  operations: Operation[] | undefined
  onClose: () => void
  onDone?: (changed: Changed) => void
  /** The word on the button, such as "Move". */
  verb?: string
  danger?: boolean
  /** What nobody may have changed since it was shown. */
  ifMatch?: Condition[] | undefined
  /** Said above the difference, such as how far the change reaches. */
  children?: ReactNode
}

/** Shows what a change would do before it is made, asks for a description, and makes it. */
export function ChangeDialog({ title, operations, onClose, onDone, verb = 'Commit', danger, ifMatch, children }: ChangeDialogProps) {
  const [description, setDescription] = useState('')
  const trial = useQuery({
    queryKey: ['try', operations, ifMatch],
    queryFn: ({ signal }) => tryOut(operations!, signal, ifMatch),
    enabled: operations !== undefined,
    staleTime: 0,
    gcTime: 0,
    // When somebody else changed the thing it is tried again; what is written here meanwhile stays.
    placeholderData: (last, query) => (JSON.stringify(query?.queryKey[1]) === JSON.stringify(operations) ? last : undefined),
  })
  const change = useCommit()
  // The dialog may have been opened before the page went to the past.
  const past = useAt() !== undefined
  const conditions = JSON.stringify(ifMatch ?? [])
  const [begun, setBegun] = useState<string>()
  const begins = operations ? (begun ?? conditions) : undefined
  if (begun !== begins) setBegun(begins)
  const overtaken = begins !== undefined && begins !== conditions
  const errors = trial.data?.errors ?? []
  const entities = trial.data?.diff.entities ?? []
  const remarks = (trial.data?.results ?? []).flatMap(({ notes = [], left = [] }) => [...notes, ...left.map(({ entity, what, why }) => `${entity}: ${what} cannot come back, ${why}`)])
  const close = () => {
    change.reset()
    setDescription('')
    onClose()
  }
  const make = () =>
    change.mutate({ operations: operations!, description, ifMatch }, {
      onSuccess: changed => {
        toast(changed.version ? `Version ${changed.version} is made.` : 'Nothing was different.', changed.version || undefined)
        close()
        onDone?.(changed)
      },
    })
  const ready = trial.isSuccess && !trial.isPlaceholderData && !change.isPending && !past && errors.length === 0 && entities.length > 0
  return (
    <Dialog
      title={title}
      open={operations !== undefined}
      onClose={close}
      wide
      actions={
        <>
          <Button onPress={close}>Cancel</Button>
          <Button look={danger ? 'danger' : 'primary'} isDisabled={!ready} onPress={make}>{verb}</Button>
        </>
      }
    >
      {past && <p role="alert">The past is shown, and cannot be changed. Go back to now first.</p>}
      {overtaken && <p role="status">Somebody has changed it since this was opened. Below is what would be different now.</p>}
      {children}
      {trial.isPending && <Waiting what="Trying it out" />}
      {trial.isError && <ErrorNote error={trial.error} />}
      {errors.map((item, i) => <ErrorNote key={i} error={new Error(item.detail ?? item.kind ?? 'This would fail')} />)}
      {trial.isSuccess && errors.length === 0 && (
        <>
          <p className="quiet">{entities.length === 0 ? 'This would change nothing.' : `This would change ${count(entities.length, 'thing')}:`}</p>
          {entities.length > 0 && <Diff entities={entities} />}
          {remarks.map((remark, i) => <p key={i} className="name">{remark}</p>)}
          <Field label="Why (optional)" help="Stands in the history, with your name." value={description} onChange={setDescription} onKeyDown={e => e.key === 'Enter' && ready && make()} />
        </>
      )}
      {change.isError && <ErrorNote error={change.error} />}
    </Dialog>
  )
}
