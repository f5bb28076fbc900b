import { useQueries, type UseQueryResult } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { read, useRead } from '@/api/read'
import type { Schemas } from '@/api/client'
import { useAt } from '@/time/at'
import { ErrorNote, formatTime } from '@/ui'
import { at as pieceAt, chunks, cut, moved, runsOf, type Run } from './grid'
import { formatAddr, formatPrefix, parseAddr, size, type Prefix } from './ip'
import { pieceText, stateWords } from './states'
import style from './AddressMap.module.css'

export interface AddressMapProps {
  manager: string
  /** What is drawn; at most 65,536 addresses. */
  prefix: Prefix
  /** The address that is looked at. */
  address?: string | undefined
  onAddress: (address: string) => void
}

/** How a network is laid out: few addresses as cells with their numbers, more as lines. */
interface Layout {
  perLine: number
  lineHeight: number
  small: boolean
}

function layoutOf(count: number, pixels: number): Layout {
  if (count <= 256) return { perLine: pixels < 860 ? 16 : 32, lineHeight: 28, small: true }
  return { perLine: pixels < 620 ? 64 : 256, lineHeight: 14, small: false }
}

/** A network address by address. The arrow keys go from one to the next; Enter shows who has it. */
export function AddressMap({ manager, prefix, address, onAddress }: AddressMapProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const [pixels, setPixels] = useState(1000)
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => entry && setPixels(entry.contentRect.width))
    watch.observe(scroller.current!)
    return () => watch.disconnect()
  }, [])
  const count = Number(size(prefix))
  const layout = layoutOf(count, pixels)
  const { perLine } = layout
  const lines = useVirtualizer({
    count: Math.ceil(count / perLine), getScrollElement: () => scroller.current, estimateSize: () => layout.lineHeight, overscan: 8,
  })
  useEffect(() => lines.measure(), [lines, layout.lineHeight])
  const items = lines.getVirtualItems()
  const { runs, error } = useRuns(manager, prefix, (items[0]?.index ?? 0) * perLine, ((items.at(-1)?.index ?? 0) + 1) * perLine - 1)
  const chosen = placeOf(prefix, address)
  const [cursor, setCursor] = useState<number>()
  const [hovered, setHovered] = useState<number>()
  const shown = hovered ?? cursor ?? chosen
  const go = (place: number) => {
    setCursor(place)
    lines.scrollToIndex(Math.floor(place / perLine))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const from = cursor ?? chosen ?? 0
    if (event.key === 'Enter' || event.key === ' ') onAddress(addressAt(prefix, from))
    else {
      const next = moved(event.key, from, perLine, count)
      if (next === undefined) return
      go(next)
    }
    event.preventDefault()
  }
  const pointed = (event: PointerEvent) => placeUnder(event.target as Element, event.clientX, perLine, count)
  return (
    <div className={style.whole}>
      {error && <ErrorNote error={error} />}
      {/* A map is gone through by arrow keys, as a game board is. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={scroller}
        className={style.scroller}
        role="application"
        aria-label={`Map of ${formatPrefix(prefix)}. Arrow keys go from address to address, Enter shows one.`}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerMove={event => setHovered(pointed(event))}
        onPointerLeave={() => setHovered(undefined)}
        onClick={event => {
          const place = placeUnder(event.target as Element, event.clientX, perLine, count)
          if (place === undefined) return
          setCursor(place)
          onAddress(addressAt(prefix, place))
        }}
      >
        <div className={style.lines} style={{ height: lines.getTotalSize() }}>
          {items.map(item => (
            <Line key={item.key} prefix={prefix} first={item.index * perLine} layout={layout} runs={runs} count={count} top={item.start} marked={[cursor, chosen]} />
          ))}
        </div>
      </div>
      <Told prefix={prefix} place={shown} piece={shown === undefined ? undefined : pieceAt(runs, shown)} />
      <Legend />
    </div>
  )
}

function addressAt(prefix: Prefix, place: number): string {
  return formatAddr({ family: prefix.family, n: prefix.n + BigInt(place) })
}

function placeOf(prefix: Prefix, address: string | undefined): number | undefined {
  const addr = address ? parseAddr(address) : undefined
  if (!addr || addr.family !== prefix.family || addr.n < prefix.n || addr.n >= prefix.n + size(prefix)) return undefined
  return Number(addr.n - prefix.n)
}

/** Returns the place of the cell that a pointer is over. */
function placeUnder(target: Element, x: number, perLine: number, count: number): number | undefined {
  const line = target.closest<HTMLElement>('[data-first]')
  if (!line) return undefined
  const { left, width } = line.getBoundingClientRect()
  const place = Number(line.dataset.first) + Math.min(perLine - 1, Math.max(0, Math.floor(((x - left) / width) * perLine)))
  return place < count ? place : undefined
}

/** Asks for the parts of a network that are in sight, and keeps those that were. */
function useRuns(manager: string, prefix: Prefix, first: number, last: number): { runs: Run[]; error: Error | null } {
  const at = useAt()
  const parts = useMemo(() => chunks(prefix), [prefix])
  const wanted = parts.filter(part => {
    const from = Number(part.n - prefix.n)
    return from <= last && from + Number(size(part)) > first
  })
  const combine = useCallback(
    (answers: UseQueryResult<Schemas['AddressMap']>[]) => ({
      runs: answers.flatMap(answer => runsOf(prefix, answer.data?.pieces ?? [])),
      error: answers.find(answer => answer.error)?.error ?? null,
    }),
    [prefix],
  )
  return useQueries({
    queries: wanted.map(part => ({
      ...read('/managers/{name}/map', { path: { name: manager }, query: { within: formatPrefix(part), ...(at ? { at } : {}) } }),
      ...(at ? { staleTime: Infinity } : {}),
    })),
    combine,
  })
}

interface LineProps {
  prefix: Prefix
  first: number
  layout: Layout
  runs: readonly Run[]
  count: number
  top: number
  marked: readonly (number | undefined)[]
}

function Line({ prefix, first, layout, runs, count, top, marked }: LineProps) {
  const last = Math.min(first + layout.perLine, count) - 1
  const parts = cut(runs, first, last)
  const cells = layout.perLine
  return (
    <div className={style.line} style={{ transform: `translateY(${top}px)`, height: layout.lineHeight }}>
      <span className={`mono ${style.label}`} aria-hidden>{addressAt(prefix, first)}</span>
      {layout.small
        ? (
          <div className={style.cells} data-first={first} style={{ gridTemplateColumns: `repeat(${cells}, 1fr)` }} aria-hidden>
            {parts.flatMap(run => Array.from({ length: run.to - run.from + 1 }, (_, i) => run.from + i).map(place => (
              <span key={place} className={style.cell} data-state={run.piece.state} data-marked={marked.includes(place)}>
                {cellText(prefix, place)}
              </span>
            )))}
          </div>
        )
        : (
          <svg className={style.strip} data-first={first} viewBox={`0 0 ${cells} 1`} preserveAspectRatio="none" aria-hidden>
            {parts.map(run => (
              <rect key={run.from} data-state={run.piece.state} x={run.from - first + (run.from === run.to ? 0.06 : 0)} y={0.05} width={run.to - run.from + (run.from === run.to ? 0.88 : 1)} height={0.9} />
            ))}
            {marked.map((place, i) => place !== undefined && place >= first && place <= last && (
              <rect key={`mark ${i}`} className={style.mark} x={place - first - 0.3} y={0} width={1.6} height={1} />
            ))}
          </svg>
        )}
    </div>
  )
}

function cellText(prefix: Prefix, place: number): string {
  const n = prefix.n + BigInt(place)
  return prefix.family === 4 ? String(n & 255n) : (n & 65535n).toString(16)
}

/** Says who has the address that the pointer or the cursor is at, and since when. */
function Told({ prefix, place, piece }: { prefix: Prefix; place: number | undefined; piece: Schemas['MapPiece'] | undefined }) {
  const address = place === undefined ? '' : addressAt(prefix, place)
  const [rested, setRested] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setRested(address), 250)
    return () => clearTimeout(timer)
  }, [address])
  const used = piece?.state === 'used'
  const past = useRead('/addresses/{address}/history', { path: { address: rested } }, { enabled: used && rested !== '' && rested === address })
  const from = past.data?.address === address ? past.data.holdings[0]?.from : undefined
  return (
    <p className={style.told} aria-live="polite">
      {address === '' ? <span className="quiet">Point at an address, or go through them with the arrow keys.</span> : (
        <>
          <span className="mono">{address}</span> <span className="name">{piece ? pieceText(piece) : '…'}</span>
          {used && piece.since !== undefined && <span className="quiet"> since {from?.time ? formatTime(from.time) : `version ${piece.since}`}{from?.user ? `, by ${from.user}` : ''}</span>}
        </>
      )}
    </p>
  )
}

function Legend() {
  return (
    <ul className={style.legend} aria-label="Colours">
      {Object.entries(stateWords).map(([state, text]) => <li key={state}><span className={style.cell} data-state={state} aria-hidden /> {text}</li>)}
    </ul>
  )
}
