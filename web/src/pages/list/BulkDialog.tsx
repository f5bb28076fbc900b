import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useAttempts } from '@/api/attempt'
import { api } from '@/api/client'
import { useAt } from '@/time/at'
import { Button, count, Dialog, Diff, ErrorNote, Field, Select, toast, Waiting } from '@/ui'
import { actions, emptyForm, stepOf, type Action, type Edit, type Form } from './bulk'
import { useLater } from './later'
import { Suggest } from './Suggest'
import style from './List.module.css'

const types = [
  { id: 'string', text: 'text' }, { id: 'int', text: 'number' }, { id: 'relation', text: 'a thing' }, { id: 'datetime', text: 'time' }, { id: 'json', text: 'JSON' },
]

/** Of how many things a change is tried out while it is written; with more it takes seconds, and others wait. */
const triedAtOnce = 1000

/** What is edited: the things of a query, or those of some names. */
export type Target = Pick<Edit, 'query' | 'names' | 'expect'>

async function send(edit: Edit, key?: string, signal?: AbortSignal) {
  const { data } = await api.POST('/query/edits', {
    body: edit, ...(key ? { params: { header: { 'Idempotency-Key': key } } } : {}), ...(signal ? { signal } : {}),
  })
  return data!
}

/** Changes many things alike as one version, after the difference was shown. */
export function BulkDialog({ target, things, first, onClose, onDone }: { target: Target | undefined; things: number; first: Action; onClose: () => void; onDone: () => void }) {
  return target && <Open key={first} target={target} things={things} first={first} onClose={onClose} onDone={onDone} />
}

function Open({ target, things, first, onClose, onDone }: { target: Target; things: number; first: Action; onClose: () => void; onDone: () => void }) {
  const [form, setForm] = useState<Form>({ ...emptyForm, action: first })
  const [description, setDescription] = useState('')
  const queries = useQueryClient()
  const { step, wrong } = stepOf(form)
  const edit = step && { ...target, steps: [step] }
  const [wanted, setWanted] = useState<typeof edit>()
  const settled = useLater(things <= triedAtOnce ? edit : wanted, things <= triedAtOnce ? 400 : 0)
  const trial = useQuery({
    queryKey: ['try', 'bulk', settled],
    queryFn: ({ signal }) => send({ ...settled!, dry_run: true, show: 50 }, undefined, signal),
    enabled: settled !== undefined,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  })
  const attempts = useAttempts()
  const past = useAt() !== undefined
  const change = useMutation({
    mutationFn: () => {
      const wanted = { ...edit!, show: 0, ...(description ? { description } : {}) }
      return send(wanted, attempts.keyOf(wanted))
    },
    onSuccess: done => {
      attempts.done()
      toast(done.version ? `${count(done.changed + done.deleted + done.made, 'thing')} changed in version ${done.version}.` : 'Nothing was different.', done.version || undefined)
      void queries.invalidateQueries()
      onDone()
    },
  })
  const current = JSON.stringify(settled) === JSON.stringify(edit)
  const tried = current ? trial.data : undefined
  const errors = tried?.errors ?? []
  const differs = tried ? tried.made + tried.changed + tried.deleted : 0
  const ready = Boolean(tried) && !change.isPending && !past && errors.length === 0 && differs > 0
  const set = (part: Partial<Form>) => setForm({ ...form, ...part })
  const danger = form.action === 'delete'
  return (
    <Dialog
      title={`Edit ${count(things, 'thing')}`}
      open
      onClose={onClose}
      wide
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look={danger ? 'danger' : 'primary'} isDisabled={!ready} onPress={() => change.mutate()}>{danger ? 'Delete' : 'Commit'}</Button>
        </>
      }
    >
      <div className={style.pair}>
        <Select label="What to do" choices={actions} value={form.action} onChange={id => set({ action: id as Action })} />
        <Fields form={form} set={set} />
      </div>
      {wrong && <p className={style.wrong}>{wrong}</p>}
      {edit && things > triedAtOnce && !current && (
        <div className={style.pair}><Button onPress={() => setWanted(edit)}>Try it out</Button><p className="quiet">With {count(things, 'thing')} that takes some seconds; nothing is changed yet.</p></div>
      )}
      {edit && (current ? trial.isFetching : things <= triedAtOnce) && <Waiting what={things > triedAtOnce ? `Trying it out with ${count(things, 'thing')}` : 'Trying it out'} />}
      {current && trial.isError && <ErrorNote error={trial.error} />}
      {errors.length > 0 && (
        <div role="alert" className={style.errors}>
          <p><strong>{errors.length >= 1000 ? 'More than 1,000 of these' : count(errors.length, 'of these', 'of these')} cannot be changed, so nothing would be:</strong></p>
          <ul>{errors.slice(0, 50).map((item, i) => <li key={i} className="name">{item.detail}{item.hint && <span className="quiet"> – {item.hint}</span>}</li>)}</ul>
          {errors.length > 50 && <p className="quiet">and {errors.length - 50} more</p>}
        </div>
      )}
      {tried && errors.length === 0 && !trial.isFetching && (
        <>
          <p className="quiet">{differs === 0 ? 'This would change nothing.' : `This would ${sayCounts(tried)}, as one version.`}{differs > tried.diff.entities.length && ` The first ${tried.diff.entities.length}:`}</p>
          {differs > 0 && <Diff entities={tried.diff.entities} limit={50} />}
          {differs > 0 && <Field label="Why (optional)" help="Stands in the history, with your name." value={description} onChange={setDescription} onKeyDown={event => event.key === 'Enter' && ready && change.mutate()} />}
        </>
      )}
      {change.isError && <ErrorNote error={change.error} />}
    </Dialog>
  )
}

function Fields({ form, set }: { form: Form; set: (part: Partial<Form>) => void }) {
  switch (form.action) {
    case 'set':
    case 'add':
      return (
        <>
          <Suggest label="Attribute" before="attr " value={form.attr} onChange={attr => set({ attr })} placeholder="key or key.subkey" />
          <Select label="Type" choices={types} value={form.type} onChange={type => set({ type: type as Form['type'] })} />
          {form.type === 'relation'
            ? <Suggest label="Value" before="name = " value={form.value} onChange={value => set({ value })} />
            : <Field label="Value" mono value={form.value} onChange={value => set({ value })} />}
        </>
      )
    case 'unset':
      return <Suggest label="Attribute" before="attr " value={form.attr} onChange={attr => set({ attr })} placeholder="key or key.subkey" />
    case 'insert':
    case 'remove':
      return <Suggest label="Pool or container" before="parent = " value={form.container} onChange={container => set({ container })} />
    case 'rename':
      return (
        <>
          <Field label="What in the name" help="A regular expression." mono placeholder="^sv3-(.*)$" value={form.match} onChange={match => set({ match })} />
          <Field label="Becomes" help="${1} is what the parentheses found." mono placeholder="dc3-${1}" value={form.name} onChange={name => set({ name })} />
        </>
      )
    case 'driver':
      return <Suggest label="Driver" before="driver = " value={form.driver} onChange={driver => set({ driver })} />
    case 'delete':
      return <p className="quiet">They are taken out of everything, their cables are disconnected, and their addresses are free again. It can be undone.</p>
  }
}

function sayCounts({ made, changed, deleted }: { made: number; changed: number; deleted: number }): string {
  const parts = [made && `make ${count(made, 'thing')}`, changed && `change ${count(changed, 'thing')}`, deleted && `delete ${count(deleted, 'thing')}`]
  return parts.filter(Boolean).join(', ')
}
