import { useState, type KeyboardEvent } from 'react'
import type { Operation } from '@/api/change'
import { Button, ChangeDialog, ErrorNote, Select, formatAttrName, formatValue } from '@/ui'
import style from '../thing.module.css'
import { useSave } from '../useSave'
import type { ThingData } from '../useThing'
import { Overtaken } from './Overtaken'
import { sameName, type Attr } from './provenance'
import { Reach, useReach } from './Reach'
import { ValueField } from './ValueField'
import { setting, textOf, valueOf, valueTypes, type ValueType } from './values'

/** Returns the own attribute that is being edited as it is now: the one of its name, of several that with its value. */
export function currentOf(own: readonly Attr[], attr: Attr): Attr | undefined {
  const named = own.filter(other => sameName(other, attr))
  return named.find(other => sameValue(other, attr)) ?? (named.length === 1 ? named[0] : undefined)
}

function sameValue(a: Attr | undefined, b: Attr | undefined): boolean {
  return a?.type === b?.type && JSON.stringify(a?.value) === JSON.stringify(b?.value)
}

/**
 * Edits the value of an attribute in its place, or overrides an inherited one. What nothing inherits is saved at once and can
 * be undone; what reaches other things shows the difference first.
 */
export function AttrEditor({ thing, attr, own, onClose }: { thing: ThingData; attr: Attr; own: boolean; onClose: () => void }) {
  const [text, setText] = useState(() => textOf(attr))
  const [type, setType] = useState<ValueType>(attr.type)
  // What the form was opened with, or what its user has seen since.
  const [base, setBase] = useState({ etag: thing.etag!, attr: own ? attr : undefined })
  const [operations, setOperations] = useState<Operation[]>()
  const { save, isPending, error } = useSave()
  const reach = useReach(thing.name, attr)

  const now = currentOf(thing.attrs ?? [], attr)
  const overtaken = thing.etag !== base.etag
  const changedHere = overtaken && !sameValue(now, base.attr)
  const typed = valueOf(text, type)
  const ifMatch = [{ entity: thing.name, etag: changedHere ? base.etag : thing.etag! }]
  const unsaved = typed.error === undefined && !(base.attr?.type === type && JSON.stringify(base.attr.value) === JSON.stringify(typed.value))
  const ready = unsaved && !changedHere && !isPending && reach.isFetched

  const submit = () => {
    if (!ready || typed.error !== undefined) return
    const making = setting(thing.name, attr, type, typed.value, now, thing.attrs ?? [])
    if ((reach.data?.inherit ?? 0) > 0) setOperations(making)
    else save(making, ifMatch, `${formatAttrName(attr)} is ${formatValue(typed.value)}`, onClose)
  }
  const takeTheirs = () => {
    if (!now) return onClose()
    setText(textOf(now))
    setType(now.type)
    setBase({ etag: thing.etag!, attr: now })
  }
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === 'Escape') onClose()
    if (e.key === 'Enter' && !e.defaultPrevented && (type !== 'json' || e.ctrlKey) && (e.target as HTMLElement).tagName !== 'BUTTON') {
      e.preventDefault()
      submit()
    }
  }
  return (
    // The keys belong to the fields in it.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className={style.form} onKeyDown={onKeyDown}>
      <div className={style.withKind}>
        <ValueField type={type} text={text} onChange={setText} error={text === textOf(attr) ? undefined : typed.error} autoFocus />
        <Select label="Type" choices={valueTypes} value={type} onChange={id => setType(id as ValueType)} />
      </div>
      {unsaved && (
        <p className="mono name">
          <span className="quiet">{base.attr ? formatValue(base.attr.value) : `${formatValue(attr.value)} of ${attr.from}`} → </span>{formatValue(typed.value)}
        </p>
      )}
      <Reach name={thing.name} attr={attr} />
      {changedHere && (
        <Overtaken name={thing.name} was={base.attr?.value} theirs={now} onMine={() => setBase({ etag: thing.etag!, attr: now })} onTheirs={takeTheirs} />
      )}
      {overtaken && !changedHere && <Overtaken name={thing.name} />}
      {error && !overtaken && <ErrorNote error={error} />}
      <div className={style.buttons}>
        <Button look="primary" small isDisabled={!ready} onPress={submit}>{(reach.data?.inherit ?? 0) > 0 ? 'Preview' : 'Save'}</Button>
        <Button small onPress={onClose}>Cancel</Button>
      </div>
      <ChangeDialog
        title={<>Set {formatAttrName(attr)} of <span className="name">{thing.name}</span></>}
        operations={operations}
        ifMatch={ifMatch}
        verb="Save"
        onClose={() => setOperations(undefined)}
        onDone={onClose}
      >
        <Reach name={thing.name} attr={attr} />
      </ChangeDialog>
    </div>
  )
}
