import { Link, useParams } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { useRead } from '@/api/read'
import { kindColor } from '@/ui'
import { useChain, type Step } from './chain'
import style from './ContainerTree.module.css'

/** The containers that the tree begins with. */
const groups = [
  { type: 'datacenter', text: 'Datacenters' },
  { type: 'rack', text: 'Racks' },
  { type: 'pool', text: 'Pools' },
] as const

/** Types of things that are no containers, or of whose parts the tree has none. */
const leaves = new Set(['server', 'networkswitch', 'powerstrip', 'consoleserver', 'appliance', 'resourcemanager', 'generic'])

/** How many things a container shows at once. */
const atOnce = 200

interface Where {
  /** Which were opened (true) or closed (false) by hand. */
  byHand: ReadonlyMap<string, boolean>
  toggle: (key: string, open: boolean) => void
  /** The way to the thing that the page shows. */
  chain: readonly Step[]
}

/** The containers, to go through them; it opens on the way to the thing that the page shows. */
export function ContainerTree() {
  const { name } = useParams({ strict: false })
  const chain = useChain(name)
  const [byHand, setByHand] = useState<ReadonlyMap<string, boolean>>(new Map())
  const [followed, setFollowed] = useState(name)
  if (name !== followed) {
    // What was closed is opened again for another thing, and only for that.
    setFollowed(name)
    setByHand(new Map([...byHand].filter(([, open]) => open)))
  }
  const where: Where = { byHand, chain, toggle: (key, open) => setByHand(new Map(byHand).set(key, open)) }
  const first = groups.find(group => group.type === chain[0]?.type)?.type
  return (
    <div className={style.tree}>
      {groups.map(group => <Group key={group.type} {...group} where={where} leads={first === group.type} />)}
    </div>
  )
}

function Group({ type, text, where, leads }: { type: string; text: string; where: Where; leads: boolean }) {
  const key = `type ${type}`
  const open = where.byHand.get(key) ?? (leads || type === 'datacenter')
  const [limit, setLimit] = useState(atOnce)
  const list = useRead('/entities', { query: { type: [type], sort: 'name', fields: ['name', 'type'], limit } }, { enabled: open, keep: true })
  const entities = list.data?.entities ?? []
  return (
    <section>
      <button type="button" className={style.group} aria-expanded={open} onClick={() => where.toggle(key, !open)}>
        <ChevronRight aria-hidden data-open={open} /> {text}
      </button>
      {open && (
        <ul>
          {entities.map(entity => <Branch key={entity.name} name={entity.name} type={entity.type ?? type} trail={key} depth={1} where={leads ? where : { ...where, chain: [] }} />)}
          {list.isSuccess && entities.length === 0 && <li className={style.none}>none</li>}
          {list.data?.next && <More onPress={() => setLimit(limit + atOnce)} />}
        </ul>
      )}
    </section>
  )
}

function Branch({ name, type, trail, depth, where }: { name: string; type: string; trail: string; depth: number; where: Where }) {
  const key = `${trail}\n${name}`
  const step = where.chain.findIndex(step => step.name === name)
  const here = step >= 0 && step === where.chain.length - 1
  const container = !leaves.has(type)
  const open = container && (where.byHand.get(key) ?? (step >= 0 && !here))
  return (
    <li>
      <div className={style.branch} style={{ paddingInlineStart: 6 + 14 * depth }} data-here={here} ref={here ? show : undefined}>
        {container
          ? <button type="button" className={style.toggle} aria-expanded={open} aria-label={`${open ? 'Close' : 'Open'} ${name}`} onClick={() => where.toggle(key, !open)}><ChevronRight aria-hidden data-open={open} /></button>
          : <span className={style.toggle} />}
        <Link to="/things/$name" params={{ name }} className={style.thing!} {...(here ? { 'aria-current': 'page' as const } : {})}>
          <span className={style.dot} style={{ background: kindColor(type) }} aria-hidden />
          <span className="name">{name}</span>
        </Link>
      </div>
      {open && depth < 12 && <Contents name={name} type={type} trail={key} depth={depth + 1} where={where} />}
    </li>
  )
}

// Brings the thing that the page shows into sight.
function show(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' })
}

function Contents({ name, type, trail, depth, where }: { name: string; type: string; trail: string; depth: number; where: Where }) {
  const [limit, setLimit] = useState(atOnce)
  // A pool may have all servers in it: of those, its page has the list.
  const contents = useRead('/entities/{name}/contents', { path: { name }, query: type === 'pool' ? { type: ['pool'] } : {} })
  const all = (contents.data?.entities ?? []).toSorted((a, b) => Math.max(0, ...(b.rack_units ?? [])) - Math.max(0, ...(a.rack_units ?? [])) || a.name.localeCompare(b.name, 'en', { numeric: true }))
  return (
    <ul>
      {all.slice(0, limit).map(entity => <Branch key={entity.name} name={entity.name} type={entity.type} trail={trail} depth={depth} where={where} />)}
      {contents.isSuccess && all.length === 0 && <li className={style.none} style={{ paddingInlineStart: 26 + 14 * depth }}>{type === 'pool' ? 'no pools in it' : 'empty'}</li>}
      {all.length > limit && <More onPress={() => setLimit(limit + atOnce)} />}
    </ul>
  )
}

function More({ onPress }: { onPress: () => void }) {
  return <li><button type="button" className={style.more} onClick={onPress}>Show {atOnce} more</button></li>
}
