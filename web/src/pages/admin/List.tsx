import type { ReactNode } from 'react'
import { Field } from '@/ui'
import { useSearched } from './AdminPage'
import { search } from './tabs'
import style from './Admin.module.css'

export interface ListColumn<T> {
  head: string
  cell: (row: T) => ReactNode
}

/** Rows that can be searched. The words searched for are in the page's address. */
export function List<T>({ label, rows, rowKey, textsOf, columns, actions, empty }: {
  label: string
  rows: readonly T[]
  rowKey: (row: T) => string
  /** What a search looks at. */
  textsOf: (row: T) => readonly (string | undefined)[]
  columns: readonly ListColumn<T>[]
  actions?: ReactNode
  empty: string
}) {
  const [words, setWords] = useSearched()
  const found = search(rows, words, textsOf)
  return (
    <div className={style.stack}>
      <div className={style.bar}>
        <Field label={`Search ${label.toLowerCase()}`} value={words} onChange={setWords} type="search" />
        <p className="quiet" role="status">{words ? `${found.length} of ${rows.length}` : rows.length}</p>
        <div className={style.actions}>{actions}</div>
      </div>
      {/* What scrolls can be scrolled by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={style.scroller} role="region" aria-label={label} tabIndex={0}>
        <table className={style.table} aria-label={label}>
          <thead><tr>{columns.map(column => <th scope="col" key={column.head}>{column.head || <span className="visually-hidden">Actions</span>}</th>)}</tr></thead>
          <tbody>
            {found.map(row => <tr key={rowKey(row)}>{columns.map(column => <td key={column.head}>{column.cell(row)}</td>)}</tr>)}
          </tbody>
        </table>
        {found.length === 0 && <p className={`quiet ${style.nothing}`}>{rows.length === 0 ? empty : 'Nothing has all of these words.'}</p>}
      </div>
    </div>
  )
}
