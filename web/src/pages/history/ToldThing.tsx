import { Cable, MapPin, Network, Tag } from 'lucide-react'
import { useState } from 'react'
import type { Schemas } from '@/api/client'
import { useReadNow } from '@/api/read'
import { Badge, Button, Diff, ErrorNote, Thing, Waiting } from '@/ui'
import { AttrLine } from './AttrLine'
import { Words } from './Words'
import style from './history.module.css'

type Told = Schemas['Told']

const tones = { made: 'good', deleted: 'bad', changed: 'accent' } as const
const icons = { place: MapPin, cable: Cable, address: Network, thing: Tag, attr: Tag } as const

/** How many attributes of a thing are shown at first. */
const few = 12

/** What happened to one thing, in sentences; other attributes before and after; all of them on demand. */
export function ToldThing({ told, from, to }: { told: Told; from: number; to: number }) {
  const [raw, setRaw] = useState(false)
  const [all, setAll] = useState(false)
  const attrs = all ? told.attrs : told.attrs.slice(0, few)
  const events = told.events.filter(event => event.kind !== 'thing' || told.change === 'changed')
  return (
    <article className={style.told} aria-label={told.name}>
      <div className={style.toldHead}>
        <Badge tone={tones[told.change]}>{told.change}</Badge>
        {told.change === 'deleted' ? <strong className="name">{told.name}</strong> : <Thing name={told.name} type={told.type} />}
        <span className="quiet">{told.type}, {told.driver}</span>
        <Button look="plain" small aria-expanded={raw} onPress={() => setRaw(!raw)}>{raw ? 'In words' : 'As stored'}</Button>
      </div>
      {raw ? <Raw name={told.name} from={from} to={to} /> : (
        <>
          {events.length > 0 && (
            <ul className={style.events}>
              {events.map((event, i) => {
                const Icon = icons[event.kind]
                return <li key={i}><Icon aria-hidden /><span><Words words={event.words} /></span></li>
              })}
            </ul>
          )}
          {attrs.length > 0 && <ul className={style.attrs}>{attrs.map((attr, i) => <AttrLine key={i} attr={attr} />)}</ul>}
          {attrs.length < told.attrs.length && <p><Button look="plain" small onPress={() => setAll(true)}>Show {told.attrs.length - few} more attributes</Button></p>}
        </>
      )}
    </article>
  )
}

/** The attributes of one thing as they are stored, before and after. */
function Raw({ name, from, to }: { name: string; from: number; to: number }) {
  const diff = useReadNow('/diff', { query: { from: String(from), to: String(to), about: [name] } })
  if (from < 1) return <p className="quiet">There was nothing before the first version.</p>
  if (diff.isPending) return <Waiting />
  if (diff.isError) return <ErrorNote error={diff.error} />
  return <Diff entities={diff.data.entities} />
}
