import { CircleAlert, LoaderCircle } from 'lucide-react'
import type { ReactNode } from 'react'
import { Problem } from '@/api/problem'
import style from './Notes.module.css'

/** Says what went wrong, and what to do about it. */
export function ErrorNote({ error }: { error: unknown }) {
  const problem = error instanceof Problem ? error : undefined
  const items = problem?.body.errors ?? []
  return (
    <div className={style.error} role="alert">
      <CircleAlert aria-hidden />
      <div>
        <p className="name">{error instanceof Error ? error.message : String(error)}</p>
        {items.length > 1 && <ul className={style.items}>{items.map((item, i) => <li key={i} className="name">{item.detail}</li>)}</ul>}
        {problem?.hint && <p className="quiet name">{problem.hint}</p>}
        {problem?.body.request_id && problem.kind === 'internal' && <p className="quiet">Request {problem.body.request_id}</p>}
      </div>
    </div>
  )
}

/** Says that something is on its way; for less than a blink it says nothing. */
export function Waiting({ what = 'Loading' }: { what?: string }) {
  return <p className={style.waiting} role="status" data-waiting><LoaderCircle aria-hidden />{what} …</p>
}

/** Says that there is nothing, and what can be done about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={style.empty}>
      <p><strong>{title}</strong></p>
      {children}
    </div>
  )
}

/** Says that there is no such page. */
export function NotHere() {
  return <Empty title="There is no such page"><p className="quiet">Press Ctrl+K to find what you are looking for.</p></Empty>
}

/** A short remark with a tone. */
export function Badge({ tone = 'quiet', children }: { tone?: 'quiet' | 'good' | 'warn' | 'bad' | 'past' | 'accent'; children: ReactNode }) {
  return <span className={`${style.badge} ${style[tone]}`}>{children}</span>
}
