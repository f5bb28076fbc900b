import { Link } from '@tanstack/react-router'
import style from './Thing.module.css'

const kinds = ['server', 'networkswitch', 'powerstrip', 'consoleserver', 'rack', 'pool', 'datacenter']

/** Returns the colour that a type of things has in elevations, graphs and lists. */
export function kindColor(type: string | undefined): string {
  return `var(--kind-${type && kinds.includes(type) ? type : 'other'})`
}

/** The pages of things of some types beside the one that every thing has. */
const pages = { pool: '/pools/$name', rack: '/racks/$name', resourcemanager: '/addresses/$manager' } as const

export interface ThingProps {
  name: string
  type?: string | undefined
  /** It leads to the page of its type, as lists of pools, racks and networks do, and not to that of the thing. */
  special?: keyof typeof pages
}

/** The name of a thing, which leads to its page. */
export function Thing({ name, type, special }: ThingProps) {
  return (
    <Link to={special ? pages[special] : '/things/$name'} params={{ name, manager: name }} className={style.thing!} {...(type ? { title: `${name}, ${type}` } : {})}>
      {type && <span className={style.dot} style={{ background: kindColor(type) }} aria-hidden />}
      <span className="name">{name}</span>
    </Link>
  )
}
