import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef } from 'react'
import type { Schemas } from '@/api/client'
import { groupByDay } from './days'
import { LogLine } from './LogLine'
import style from './history.module.css'

interface LogListProps {
  entries: readonly Schemas['LogEntry'][]
  /** Called when the oldest come into sight. */
  onEnd: () => void
  onUser: (user: string) => void
}

/** Any number of versions, by days. The keys j and k go to the next and to the one before, Enter opens it. */
export function LogList({ entries, onEnd, onUser }: LogListProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => groupByDay(entries), [entries])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: i => ('day' in rows[i]! ? 36 : 74),
    overscan: 8,
    getItemKey: i => {
      const row = rows[i]!
      return 'day' in row ? `${row.day} ${i}` : row.entry.version
    },
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 10) onEnd()
  }, [last, rows.length, onEnd])

  const coming = useRef<number>(undefined) // the version that has the focus as soon as it is drawn
  const go = (step: 1 | -1) => {
    const shown = coming.current ?? Number((document.activeElement as HTMLElement | null)?.dataset?.version)
    let i = rows.findIndex(row => 'entry' in row && row.entry.version === shown)
    do i += step
    while (rows[i] && 'day' in rows[i]!)
    const row = rows[i]
    if (!row || 'day' in row) return
    virtual.scrollToIndex(i, { align: 'auto' })
    coming.current = row.entry.version
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-version="${row.entry.version}"]`)?.focus()
      if (coming.current === row.entry.version) coming.current = undefined
    })
  }
  const goRef = useRef(go)
  useEffect(() => {
    goRef.current = go
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement
      if (event.ctrlKey || event.metaKey || event.altKey || target.closest('input, textarea, select, [contenteditable], [role=dialog]')) return
      if (event.key === 'j' || event.key === 'k') {
        event.preventDefault()
        goRef.current(event.key === 'j' ? 1 : -1)
      }
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])

  return (
    // A region that scrolls can be reached and scrolled by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={scroller} className={style.scroller} tabIndex={0} role="region" aria-label="Versions">
      <div className={style.rows} style={{ height: virtual.getTotalSize() }}>
        {items.map(item => {
          const row = rows[item.index]!
          return (
            <div key={item.key} ref={virtual.measureElement} data-index={item.index} className={style.row} style={{ transform: `translateY(${item.start}px)` }}>
              {'day' in row ? <h2 className={style.day}>{row.day}</h2> : <LogLine entry={row.entry} onUser={onUser} />}
            </div>
          )
        })}
      </div>
    </div>
  )
}
