import { useEffect, type ReactNode } from 'react'
import style from './Page.module.css'

export interface PageProps {
  /** In the heading, and in the browser's title. */
  title: string
  /** Shown in the heading in place of title. */
  heading?: ReactNode
  /** A line below the heading. */
  about?: ReactNode
  actions?: ReactNode
  /** The content scrolls within the window, as tables do, and not the page. */
  fill?: boolean
  children: ReactNode
}

/** What every page has: a heading with what can be done, and its content. */
export function Page({ title, heading, about, actions, fill, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · clusto`
  }, [title])
  return (
    <div className={fill ? `${style.page} ${style.fill}` : style.page}>
      <header className={style.head}>
        <div className={style.titles}>
          <h1 className="name">{heading ?? title}</h1>
          {about && <p className="quiet">{about}</p>}
        </div>
        {actions && <div className={style.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}

/** A framed part of a page, with a heading. */
export function Panel({ title, actions, children }: { title: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className={style.panel}>
      <header className={style.panelHead}>
        <h2>{title}</h2>
        {actions}
      </header>
      <div className={style.panelBody}>{children}</div>
    </section>
  )
}
