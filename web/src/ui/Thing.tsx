import { Link } from '@tanstack/react-router'
import style from './Thing.module.css'

const kinds = ['server', 'networkswitch', 'powerstrip', 'consoleserver', 'rack', 'pool', 'datacenter']

/** Returns the colour that a type of things has in elevations, graphs and lists. */
export function kindColor(type: string | undefined): string {
  return `var(--kind-${type && kinds.includes(type) ? type : 'other'})`
}

/** The name of a thing, which leads to its page. */
export function Thing({ name, type }: { name: string; type?: string | undefined }) {
  return (
    <Link to="/things/$name" params={{ name }} className={style.thing!} {...(type ? { title: `${name}, ${type}` } : {})}>
      {type && <span className={style.dot} style={{ background: kindColor(type) }} aria-hidden />}
      <span className="name">{name}</span>
    </Link>
  )
}
