import { Play } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { Schemas } from '@/api/client'
import { useReadNow } from '@/api/read'
import { useMayChange } from '@/api/may'
import { Button, ErrorNote, Field, Panel, Waiting } from '@/ui'
import style from '../thing.module.css'
import { useThingSearch, type ThingData } from '../useThing'
import { Console } from './Console'
import { MethodDialog } from './MethodDialog'
import { Power } from './Power'

type Method = Schemas['Method']

/** What can be done with a thing: its power, its console, and the methods of its driver. */
export function ActionsPart({ thing }: { thing: ThingData }) {
  return (
    <div className={style.stack}>
      <Power thing={thing} />
      <Console thing={thing} />
      {thing.driver && <Methods thing={thing} driver={thing.driver} />}
    </div>
  )
}

function Methods({ thing, driver: name }: { thing: ThingData; driver: string }) {
  const [search, setSearch] = useThingSearch()
  const [method, setMethod] = useState<Method>()
  const mayChange = useMayChange()
  const driver = useReadNow('/drivers/{name}', { path: { name } })
  const common = useReadNow('/drivers/{name}', { path: { name: 'entity' } })
  const wanted = (search.filter ?? '').trim().toLowerCase()
  const [own, shared] = useMemo(() => {
    const inAll = new Set(common.data?.methods?.map(({ name, signature }) => name + signature))
    const all = (driver.data?.methods ?? []).filter(({ on_class: onClass }) => !onClass).filter(({ name, doc }) => `${name} ${doc ?? ''}`.toLowerCase().includes(wanted))
    return [all.filter(method => !inAll.has(method.name + method.signature)), all.filter(method => inAll.has(method.name + method.signature))]
  }, [driver.data, common.data, wanted])
  return (
    <Panel title={<>Methods of <span className="mono">{name}</span></>}>
      <div className={style.stack}>
        {driver.isPending && <Waiting />}
        {driver.isError && <ErrorNote error={driver.error} />}
        {driver.data?.doc && <p className="quiet">{driver.data.doc}</p>}
        {!mayChange && <p className="quiet">Methods can be called now only, not in the past, and by who may change something.</p>}
        <div className={style.grow}><Field label="Filter" value={search.filter ?? ''} onChange={text => setSearch({ filter: text || undefined })} /></div>
        <MethodTable methods={own} onCall={mayChange ? setMethod : undefined} />
        {shared.length > 0 && (
          <details open={wanted !== '' && own.length === 0}>
            <summary>What every thing can do ({shared.length})</summary>
            <MethodTable methods={shared} onCall={mayChange ? setMethod : undefined} />
          </details>
        )}
      </div>
      {method && <MethodDialog thing={thing} method={method} onClose={() => setMethod(undefined)} />}
    </Panel>
  )
}

function MethodTable({ methods, onCall }: { methods: readonly Method[]; onCall: ((method: Method) => void) | undefined }) {
  if (methods.length === 0) return null
  return (
    <div className={style.scroll}>
      <table className={style.plainTable}>
        <tbody>
          {methods.map(method => (
            <tr key={method.name}>
              <th scope="row" className="mono" title={method.signature}>{method.name}</th>
              <td className={style.whole}>{method.doc}</td>
              <td className={style.end}>{onCall && <Button small aria-label={`Call ${method.name}`} onPress={() => onCall(method)}><Play /> Call</Button>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
