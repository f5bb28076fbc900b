import { useState } from 'react'
import type { Operation } from '@/api/change'
import { Button, ChangeDialog, Dialog, Field, formatValue } from '@/ui'
import { guessType, valueOf } from '../attributes/values'
import style from '../thing.module.css'
import { unchanged, type ThingData } from '../useThing'
import { portNumber } from './path'
import type { Port } from './PortRow'

/** The attributes of a port that most have. */
const usual = ['mac', 'vlan', 'osportname']

/** Edits the attributes of a port; an empty one is deleted. */
export function PortAttrsDialog({ thing, port, onClose }: { thing: ThingData; port: Port; onClose: () => void }) {
  const had = port.attrs ?? {}
  const [texts, setTexts] = useState<Record<string, string>>(() => Object.fromEntries([...new Set([...usual, ...Object.keys(had)])].map(name => [name, had[name] === undefined ? '' : formatValue(had[name])])))
  const [name, setName] = useState('')
  const [operations, setOperations] = useState<Operation[]>()
  const attrs = changedAttrs(had, texts)
  const id = `${port.type}/${portNumber(port)}`
  const look = () => setOperations([{ set_port_attrs: { port: { entity: thing.name, type: port.type, port: portNumber(port) }, attrs } }])
  if (operations) {
    return <ChangeDialog title={`Set attributes of ${id}`} verb="Save" operations={operations} ifMatch={unchanged(thing)} onClose={() => setOperations(undefined)} onDone={onClose} />
  }
  return (
    <Dialog
      title={`Attributes of ${id}`} open onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={Object.keys(attrs).length === 0} onPress={look}>Preview</Button>
        </>
      }
    >
      <div className={style.form}>
        {Object.entries(texts).map(([attr, text]) => (
          <Field key={attr} label={attr} mono value={text} onChange={text => setTexts({ ...texts, [attr]: text })} />
        ))}
        <div className={style.bar}>
          <div className={style.grow}><Field label="Another one" mono value={name} onChange={setName} /></div>
          <Button
            isDisabled={name.trim() === '' || name.trim() in texts}
            onPress={() => {
              setTexts({ ...texts, [name.trim()]: '' })
              setName('')
            }}
          >
            Add
          </Button>
        </div>
      </div>
    </Dialog>
  )
}

/** Returns what of the attributes of a port is another text than it was; null for those that are to be deleted. */
export function changedAttrs(had: Record<string, unknown>, texts: Record<string, string>): Record<string, unknown> {
  const changed: Record<string, unknown> = {}
  for (const [name, text] of Object.entries(texts)) {
    const was = had[name]
    if (text === (was === undefined ? '' : formatValue(was))) continue
    const type = typeof was === 'string' || name === 'mac' ? 'string' : guessType(text)
    const typed = valueOf(text, type)
    changed[name] = text === '' ? null : typed.error === undefined ? typed.value : text
  }
  return changed
}
