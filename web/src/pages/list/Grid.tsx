import { Link, useNavigate } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { useEffect, useId, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react'
import type { Schemas } from '@/api/client'
import { formatValue, Thing } from '@/ui'
import { headingOf, narrowest, nextSort, widest, within } from './search'
import { add, everything, isSelected, nothing, toggle, type Selection } from './selection'
import style from './Grid.module.css'

type Row = Schemas['Row']

const rowHeight = 34

/** Columns whose values are names of things. */
const containers = new Set(['rack', 'pool', 'datacenter', 'cage', 'zone', 'parent', 'role'])

export interface GridProps {
  columns: readonly string[]
  widths: Readonly<Record<string, number>>
  onWidth: (column: string, width: number) => void
  sort: string | undefined
  onSort: (sort: string | undefined) => void
  total: number
  row: (index: number) => Row | undefined
  /** Called with the first and the last row in sight. */
  onSight: (first: number, last: number) => void
  selection: Selection
  onSelection: (selection: Selection) => void
  /** Returns the names of rows that may not be loaded, both ends included. */
  names: (from: number, to: number) => Promise<string[]>
  empty: ReactNode
}

/**
 * A table of any number of rows, of which those in sight are loaded. The arrows move through the rows, blank selects,
 * Shift selects a range, Ctrl+A all, and Enter opens.
 */
export function Grid(props: GridProps) {
  const { columns, widths, total, row, onSight, selection, onSelection } = props
  const scroller = useRef<HTMLDivElement>(null)
  const id = useId()
  const [chosen, setActive] = useState(0)
  const active = Math.min(chosen, Math.max(0, total - 1))
  const anchor = useRef(0)
  const navigate = useNavigate()
  const virtual = useVirtualizer({ count: total, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 16 })
  const items = virtual.getVirtualItems()
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? 0
  useEffect(() => onSight(first, last), [first, last, onSight])

  const template = { gridTemplateColumns: ['40px', ...columns.map((column, i) => (widths[column] ? `${widths[column]}px` : i === 0 ? 'minmax(180px, 1.6fr)' : 'minmax(110px, 1fr)'))].join(' ') }
  const range = async (to: number) => onSelection(add(selection, await props.names(Math.min(anchor.current, to), Math.max(anchor.current, to))))
  const pick = (index: number, shift: boolean) => {
    const name = row(index)?.name
    setActive(index)
    if (shift) void range(index)
    else if (name !== undefined) onSelection(toggle(selection, name))
    if (!shift) anchor.current = index
  }
  const move = (to: number, shift: boolean) => {
    const next = Math.max(0, Math.min(total - 1, to))
    setActive(next)
    virtual.scrollToIndex(next)
    if (shift) void range(next)
    else anchor.current = next
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || total === 0) return
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2)
    const steps: Record<string, number> = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + page, PageUp: active - page, Home: 0, End: total - 1 }
    const to = steps[event.key]
    if (to !== undefined) move(to, event.shiftKey)
    else if (event.key === ' ') pick(active, event.shiftKey)
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) onSelection(everything)
    else if (event.key === 'Escape') onSelection(nothing)
    else if (event.key === 'Enter' && row(active)) void navigate({ to: '/things/$name', params: { name: row(active)!.name } })
    else return
    event.preventDefault()
  }
  const allSelected = selection.all && selection.names.size === 0
  const someSelected = !allSelected && (selection.all || selection.names.size > 0)
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={scroller} className={style.scroller} tabIndex={-1}>
      <div
        role="grid"
        aria-label="Things"
        aria-rowcount={total + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable
        aria-activedescendant={items.some(item => item.index === active) ? `${id}-${active}` : undefined}
        tabIndex={0}
        className={style.grid}
        onKeyDown={onKeyDown}
      >
        <div role="rowgroup" className={style.head}>
          <div role="row" aria-rowindex={1} className={style.row} style={template}>
            <div role="columnheader" className={style.tick}>
              <input
                type="checkbox"
                aria-label="All that the query finds"
                checked={allSelected}
                ref={box => { if (box) box.indeterminate = someSelected }}
                onChange={() => onSelection(allSelected ? nothing : everything)}
              />
            </div>
            {columns.map(column => <Heading key={column} column={column} {...props} />)}
          </div>
        </div>
        <div role="rowgroup" className={style.body} style={{ height: virtual.getTotalSize() }}>
          {items.map(item => (
            <Line
              key={item.key}
              id={`${id}-${item.index}`}
              index={item.index}
              start={item.start}
              template={template}
              row={row(item.index)}
              columns={columns}
              active={item.index === active}
              selected={row(item.index) ? isSelected(selection, row(item.index)!.name) : selection.all}
              onPick={pick}
            />
          ))}
        </div>
      </div>
      {total === 0 && props.empty}
    </div>
  )
}

function Heading({ column, sort, onSort, widths, onWidth }: GridProps & { column: string }) {
  const cell = useRef<HTMLDivElement>(null)
  const down = sort === `-${column}`
  const sorted = down || sort === column || (column === 'name' && !sort)
  const resize = (event: PointerEvent) => {
    event.preventDefault()
    const handle = event.currentTarget as HTMLElement
    const from = event.clientX
    const width = cell.current!.offsetWidth
    handle.setPointerCapture(event.pointerId)
    const onMove = (moved: globalThis.PointerEvent) => onWidth(column, within(width + moved.clientX - from))
    handle.addEventListener('pointermove', onMove)
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', onMove), { once: true })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 16 : event.key === 'ArrowLeft' ? -16 : 0
    if (step === 0) return
    event.preventDefault()
    event.stopPropagation()
    onWidth(column, within(cell.current!.offsetWidth + step))
  }
  return (
    <div ref={cell} role="columnheader" aria-sort={sorted ? (down ? 'descending' : 'ascending') : 'none'} className={style.heading}>
      <button type="button" className={`${style.sort} name`} onClick={() => onSort(nextSort(sort, column))}>
        {headingOf(column)} {sorted && (down ? <ArrowDown aria-hidden /> : <ArrowUp aria-hidden />)}
      </button>
      {/* A separator that can be moved is a widget; the lint rule knows only the other kind. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/no-noninteractive-tabindex */}
      <div
        role="separator"
        aria-orientation="vertical"
        aria-label={`Width of ${headingOf(column)}`}
        aria-valuenow={widths[column] ?? 0}
        aria-valuemin={narrowest}
        aria-valuemax={widest}
        tabIndex={0}
        className={style.handle}
        onPointerDown={resize}
        onKeyDown={onKeyDown}
      />
    </div>
  )
}

interface LineProps {
  id: string
  index: number
  start: number
  template: { gridTemplateColumns: string }
  row: Row | undefined
  columns: readonly string[]
  active: boolean
  selected: boolean
  onPick: (index: number, shift: boolean) => void
}

function Line({ id, index, start, template, row, columns, active, selected, onPick }: LineProps) {
  return (
    <div
      role="row"
      id={id}
      aria-rowindex={index + 2}
      aria-selected={selected}
      aria-busy={!row || undefined}
      data-active={active || undefined}
      className={style.row}
      style={{ ...template, transform: `translateY(${start}px)` }}
    >
      <div role="gridcell" className={style.tick}>
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={row ? `Select ${row.name}` : 'Not loaded yet'}
          checked={selected}
          disabled={!row}
          onChange={() => {}}
          onClick={event => onPick(index, event.shiftKey)}
        />
      </div>
      {columns.map((column, i) => (
        <div role="gridcell" key={column} className={style.cell}>
          {row ? <Cell column={column} row={row} value={row.cells[i]} /> : <span className={style.ghost} style={{ width: `${40 + ((index * 7 + i * 13) % 40)}%` }} />}
        </div>
      ))}
    </div>
  )
}

function Cell({ column, row, value }: { column: string; row: Row; value: unknown }) {
  if (column === 'name') return <Thing name={row.name} type={row.cells.at(-1) as string} />
  const values = Array.isArray(value) ? (value as unknown[]) : [value]
  if (containers.has(column)) {
    return values.map((name, i) => (
      <span key={i}>{i > 0 && ', '}<Link to="/things/$name" params={{ name: String(name) }} className="name">{String(name)}</Link></span>
    ))
  }
  const text = column === 'ru' ? units(values as number[]) : values.map(formatValue).join(', ')
  return <span className="name" title={text.length > 24 ? text : undefined}>{text}</span>
}

/** Returns rack units as people write them: 3, or 4–7. */
export function units(all: readonly number[]): string {
  if (all.length > 1 && all.every((unit, i) => unit === all[0]! + i)) return `${all[0]}–${all.at(-1)}`
  return all.join(', ')
}
