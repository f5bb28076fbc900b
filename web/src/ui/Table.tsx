import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, type ReactNode } from 'react'
import style from './Table.module.css'

export interface Column<T> {
  id: string
  head: ReactNode
  cell: (row: T) => ReactNode
  /** As in grid-template-columns; without it an equal part of what is left. */
  width?: string
  /** Numbers stand at the right. */
  end?: boolean
}

export interface TableProps<T> {
  /** Said to screen readers. */
  label: string
  columns: readonly Column<T>[]
  rows: readonly T[]
  rowKey: (row: T) => string
  /** How many there are in all, if rows has only the first of them. */
  total?: number
  /** Called when the last rows come into sight, to load more. */
  onEnd?: () => void
  /** Shown in place of rows when there are none. */
  empty?: ReactNode
}

const rowHeight = 34

/** What a scroll bar at the bottom and the frame take, in px. */
const around = 20

/** A table of any number of rows, of which only those in sight exist. It scrolls within its parent's height. */
export function Table<T>({ label, columns, rows, rowKey, total, onEnd, empty }: TableProps<T>) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey: i => rowKey(rows[i]!),
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (onEnd && rows.length > 0 && last >= rows.length - 20) onEnd()
  }, [last, rows.length, onEnd])
  const template = { gridTemplateColumns: columns.map(column => column.width ?? 'minmax(80px, 1fr)').join(' ') }
  return (
    // A region that scrolls can be reached and scrolled by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={scroller} className={style.scroller} tabIndex={0} role="region" aria-label={label} style={rows.length > 0 ? { maxHeight: (rows.length + 1) * rowHeight + around } : {}}>
      <div role="table" aria-label={label} aria-rowcount={(total ?? rows.length) + 1} className={style.table}>
        <div role="rowgroup" className={style.head}>
          <div role="row" aria-rowindex={1} className={style.row} style={template}>
            {columns.map(column => <div role="columnheader" key={column.id} className={column.end ? style.end : style.cell}>{column.head}</div>)}
          </div>
        </div>
        <div role="rowgroup" className={style.body} style={{ height: virtual.getTotalSize() }}>
          {items.map(item => {
            const row = rows[item.index]!
            return (
              <div role="row" key={item.key} aria-rowindex={item.index + 2} className={style.row} style={{ ...template, transform: `translateY(${item.start}px)` }}>
                {columns.map(column => <div role="cell" key={column.id} className={column.end ? style.end : style.cell}>{column.cell(row)}</div>)}
              </div>
            )
          })}
        </div>
      </div>
      {rows.length === 0 && empty}
    </div>
  )
}
