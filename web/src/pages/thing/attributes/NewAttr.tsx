import { useDeferredValue, useState, type KeyboardEvent } from 'react'
import type { Operation } from '@/api/change'
import { useReadNow } from '@/api/read'
import { Button, ChangeDialog, ErrorNote, Field, Select, Suggest, formatAttrName, formatValue } from '@/ui'
import style from '../thing.module.css'
import { useSave } from '../useSave'
import { unchanged, type ThingData } from '../useThing'
import { Reach, useReach } from './Reach'
import { sameName } from './provenance'
import { ValueField } from './ValueField'
import { guessType, setting, valueOf, valueTypes, type AttrName, type ValueType } from './values'

/** Adds an attribute to a thing. Names that others have are suggested, and the type follows from the value until one is chosen. */
export function NewAttr({ thing, onClose }: { thing: ThingData; onClose: () => void }) {
  const [key, setKey] = useState('')
  const [subkey, setSubkey] = useState('')
  const [number, setNumber] = useState('')
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState<ValueType>()
  const [operations, setOperations] = useState<Operation[]>()
  const { save, isPending, error } = useSave()

  const prefix = useDeferredValue(key.trim())
  const known = useReadNow('/attributes/keys', { query: { ...(prefix ? { prefix } : {}), limit: 30 } }, { keep: true })
  const keys = (known.data?.keys ?? []).filter(met => !met.key.startsWith('port-') && formatAttrName(met).toLowerCase().startsWith(prefix.toLowerCase()))
  const type = chosen ?? guessType(text)
  const typed = valueOf(text, type)
  const name: AttrName = { key: key.trim(), ...(number ? { number: Number(number) } : {}), ...(subkey.trim() ? { subkey: subkey.trim() } : {}) }
  const badNumber = number !== '' && !/^\d+$/.test(number)
  const there = (thing.attrs ?? []).filter(attr => sameName(attr, { ...name, type, value: undefined }))
  const reach = useReach(thing.name, name)
  const ready = name.key !== '' && !badNumber && typed.error === undefined && !isPending && reach.isFetched

  const submit = () => {
    if (!ready || typed.error !== undefined) return
    const making = setting(thing.name, name, type, typed.value, undefined, [])
    if ((reach.data?.inherit ?? 0) > 0) setOperations(making)
    else save(making, unchanged(thing), `${formatAttrName(name)} is ${formatValue(typed.value)}`, onClose)
  }
  const onKeyDown = (e: KeyboardEvent) => {
    const at = e.target as HTMLElement
    if (e.key === 'Escape' && !e.defaultPrevented && at.getAttribute('aria-expanded') !== 'true') onClose()
    if (e.key === 'Enter' && !e.defaultPrevented && at.tagName === 'INPUT' && at.getAttribute('aria-expanded') !== 'true') {
      e.preventDefault()
      submit()
    }
  }
  const choose = (typed: string, wasChosen: boolean) => {
    const met = wasChosen ? keys.find(met => formatAttrName(met) === typed) : undefined
    setKey(met ? met.key : typed)
    if (met) {
      setSubkey(met.subkey ?? '')
      setChosen(met.type === 'string' ? undefined : met.type)
    }
  }
  return (
    // The keys belong to the fields in it.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className={style.form} onKeyDown={onKeyDown}>
      <div className={style.row}>
        <Suggest
          label="Key" mono autoFocus rewrites value={key} onChange={choose}
          suggestions={keys.map(met => ({ id: formatAttrName(met), text: formatAttrName(met), note: `${met.count}×` }))}
        />
        <Field label="Subkey (optional)" mono value={subkey} onChange={setSubkey} />
        <Field label="Number (optional)" mono inputMode="numeric" value={number} onChange={setNumber} error={badNumber ? 'A number from 0 on' : undefined} />
      </div>
      <div className={style.withKind}>
        <ValueField type={type} text={text} onChange={setText} error={text === '' ? undefined : typed.error} />
        <Select label={chosen ? 'Type' : 'Type (guessed)'} choices={valueTypes} value={type} onChange={id => setChosen(id as ValueType)} />
      </div>
      {there.length > 0 && <p className={style.note}>There is {formatAttrName(name)} = {there.map(attr => formatValue(attr.value)).join(', ')} already; this adds another. Edit that to replace it.</p>}
      {name.key !== '' && <Reach name={thing.name} attr={name} />}
      {error && <ErrorNote error={error} />}
      <div className={style.buttons}>
        <Button look="primary" small isDisabled={!ready} onPress={submit}>{(reach.data?.inherit ?? 0) > 0 ? 'Preview' : 'Add'}</Button>
        <Button small onPress={onClose}>Cancel</Button>
      </div>
      <ChangeDialog title={`Add ${formatAttrName(name)}`} operations={operations} ifMatch={unchanged(thing)} verb="Add" onClose={() => setOperations(undefined)} onDone={onClose}>
        <Reach name={thing.name} attr={name} />
      </ChangeDialog>
    </div>
  )
}
