import { Link } from '@tanstack/react-router'
import { Pencil, Trash2, CornerDownLeft } from 'lucide-react'
import { useRef, useState } from 'react'
import type { Operation } from '@/api/change'
import type { Schemas } from '@/api/client'
import { useMayChange } from '@/api/may'
import { Badge, Button, ChangeDialog, ErrorNote, Thing, formatAttrName, formatTime, formatValue } from '@/ui'
import style from '../thing.module.css'
import { useSave } from '../useSave'
import { unchanged, type ThingData } from '../useThing'
import { AttrEditor } from './AttrEditor'
import table from './attributes.module.css'
import { rowKeys, type Attr, type Group, type Row } from './provenance'
import { Reach, useReach } from './Reach'
import { deletion, valueTypes } from './values'

type Blame = Schemas['Blame']

/** An attribute as it was when its form was opened, in a row by that key; the rows follow what others do. */
export interface Edited {
  row: string
  attr: Attr
  own: boolean
}

/** The attributes of one key, one below the other. */
export function AttrRows({ group, ...rest }: {
  thing: ThingData
  group: Group
  blame: Blame | undefined
  wide: number
  edited: Edited | undefined
  onEdit: (edited: Edited | undefined) => void
}) {
  const keys = rowKeys(group)
  return <tbody className={table.group}>{group.rows.map((row, i) => <AttrRow key={keys[i]} id={keys[i]!} row={row} {...rest} />)}</tbody>
}

function AttrRow({ id, thing, row, blame, wide, edited, onEdit }: {
  id: string
  thing: ThingData
  row: Row
  blame: Blame | undefined
  wide: number
  edited: Edited | undefined
  onEdit: (edited: Edited | undefined) => void
}) {
  const { attr, own } = row
  const button = useRef<HTMLButtonElement>(null)
  const mayChange = useMayChange()
  const name = formatAttrName(attr)
  const isEdited = edited?.row === id
  const open = () => onEdit({ row: id, attr, own })
  const close = () => {
    onEdit(undefined)
    requestAnimationFrame(() => button.current?.focus())
  }
  return (
    <>
      <tr className={own ? undefined : table.inherited}>
        <th scope="row" className={`mono name ${table.name}`}>{name}</th>
        <td className={table.value}>
          {mayChange && !isEdited && attr.type !== 'relation' ? (
            <button ref={button} type="button" className={`${table.edit} mono name`} onClick={open}>
              <span className="visually-hidden">{`${own ? 'Edit' : 'Override'} ${name}: `}</span><Value attr={attr} />
            </button>
          ) : (
            <span className="mono name"><Value attr={attr} /></span>
          )}
        </td>
        <td><From row={row} /></td>
        {blame && <td><SetBy attr={attr} own={own} blame={blame} /></td>}
        <td className={style.end}>{mayChange && !isEdited && <RowActions thing={thing} row={row} onEdit={open} />}</td>
      </tr>
      {isEdited && (
        <tr className={table.editing}>
          <td colSpan={wide}><AttrEditor thing={thing} attr={edited.attr} own={edited.own} onClose={close} /></td>
        </tr>
      )}
    </>
  )
}

function Value({ attr }: { attr: Attr }) {
  if (attr.type === 'relation' && typeof attr.value === 'string') return <Thing name={attr.value} />
  const type = valueTypes.find(({ id }) => id === attr.type)
  return (
    <>
      {attr.value === '' ? <span className="quiet">empty</span> : formatValue(attr.value)}
      {attr.type !== 'string' && <>{' '}<span className={table.type}>{type?.text}</span></>}
    </>
  )
}

/** Says whose an attribute is, and what it overrides: "from pool pxeboot, overrides 0 of r1". */
function From({ row: { attr, own, overrides } }: { row: Row }) {
  if (own && overrides.length === 0) return <span className="quiet">own</span>
  return (
    <span className={table.from}>
      {own ? <Badge tone="accent">own</Badge> : <>from <Thing name={attr.from!} /></>}
      {overrides.map((other, i) => (
        <span key={i} className="quiet">
          {i === 0 ? 'overrides ' : 'and '}<s className="mono name">{formatValue(other.value)}</s> of <Thing name={other.from!} />
        </span>
      ))}
    </span>
  )
}

function SetBy({ attr, own, blame }: { attr: Attr; own: boolean; blame: Blame }) {
  const found = own && blame.attrs.find(other =>
    other.key === attr.key && (other.number ?? undefined) === attr.number && (other.subkey ?? undefined) === attr.subkey && JSON.stringify(other.value) === JSON.stringify(attr.value))
  if (!found) return null
  const { by } = found
  return (
    <span className={table.by} title={by.description}>
      <Link to="/history/$version" params={{ version: String(by.version) }}>version {by.version}</Link>{' '}
      <span className="name">{by.user || 'somebody'}</span> <span className="quiet">{by.time && formatTime(by.time)}</span>
      {by.description && <span className={`${table.why} quiet name`}>{by.description}</span>}
    </span>
  )
}

function RowActions({ thing, row: { attr, own }, onEdit }: { thing: ThingData; row: Row; onEdit: () => void }) {
  const [operations, setOperations] = useState<Operation[]>()
  const [asked, setAsked] = useState(false)
  const reach = useReach(thing.name, asked ? attr : undefined)
  const { save, isPending, error, reset } = useSave()
  const name = formatAttrName(attr)
  if (!own) {
    return <Button small look="plain" aria-label={`Override here: ${name}`} onPress={onEdit}><CornerDownLeft /> <span className={table.word}>Override here</span></Button>
  }
  const remove = () => {
    if ((reach.data?.inherit ?? 0) > 0) setOperations([deletion(thing.name, attr)])
    else save([deletion(thing.name, attr)], unchanged(thing), `${name} is deleted`, () => setAsked(false))
  }
  return (
    <span className={style.actions}>
      {asked ? (
        <>
          {error && <ErrorNote error={error} />}
          <Button small look="danger" autoFocus isDisabled={isPending || !reach.isFetched} onPress={remove}>Delete</Button>
          <Button small onPress={() => { setAsked(false); reset() }}>Keep</Button>
        </>
      ) : (
        <>
          <Button small look="plain" aria-label={`Edit ${name}`} onPress={onEdit}><Pencil /></Button>
          <Button small look="plain" aria-label={`Delete ${name}`} onPress={() => setAsked(true)}><Trash2 /></Button>
        </>
      )}
      <ChangeDialog title={`Delete ${name}`} operations={operations} ifMatch={unchanged(thing)} verb="Delete" danger onClose={() => setOperations(undefined)} onDone={() => setAsked(false)}>
        <Reach name={thing.name} attr={attr} />
      </ChangeDialog>
    </span>
  )
}
