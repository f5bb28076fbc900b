import { useRef, type PointerEvent } from 'react'
import { beside, freeRuns, isHalf, placeText, runs, type Elevation, type RackDevice, type Side } from './elevation'
import style from './RackDrawing.module.css'

export const unitHeight = 20
const unitWidth = 240
const numberWidth = 28
const railWidth = 20

export interface RackDrawingProps {
  rack: Elevation
  view?: 'front' | 'rear'
  colour: (device: RackDevice) => string
  dim?: ((device: RackDevice) => boolean) | undefined
  /** The device that is looked at. */
  shown?: string | undefined
  /** Those that it is connected to, and the like. */
  lit?: ReadonlySet<string> | undefined
  /** Without it nothing can be chosen, and the drawing is a picture. */
  onShow?: (device: RackDevice) => void
  onPoint?: (name: string | undefined) => void
  /** A free unit, or half of one, was chosen. */
  onFree?: ((unit: number, side?: Side) => void) | undefined
  /** A device was dragged to a unit of a rack; side is the half of it. */
  onDrop?: ((device: RackDevice, rack: string, unit: number, side: Side) => void) | undefined
}

/** One side of a rack, with what stands in its units and hangs beside them. */
export function RackDrawing({ rack, view = 'front', colour, dim, shown, lit, onShow, onPoint, onFree, onDrop }: RackDrawingProps) {
  const drag = useRef<{ device: RackDevice; x: number; y: number; moved: boolean; ghost?: HTMLElement }>(undefined)
  const from = (side: Side): Side => (view === 'front' ? side : side === 'left' ? 'right' : 'left')
  const rails = { left: beside(rack, from('left')), right: beside(rack, from('right')) }
  const height = (rack.highest - rack.lowest + 1) * unitHeight
  const left = rails.left.length * railWidth + (view === 'front' ? numberWidth : 1)
  const width = left + unitWidth + rails.right.length * railWidth + (view === 'rear' ? numberWidth : 1)
  const y = (unit: number) => (rack.highest - unit) * unitHeight
  const numbersAt = view === 'front' ? numberWidth - 6 : width - numberWidth + 6

  const pick = (event: PointerEvent<SVGGElement>, device: RackDevice) => {
    if (!onDrop || event.button !== 0) return
    drag.current = { device, x: event.clientX, y: event.clientY, moved: false }
    event.currentTarget.setPointerCapture(event.pointerId)
  }
  const carry = (event: PointerEvent<SVGGElement>) => {
    const carried = drag.current
    if (!carried) return
    if (!carried.moved && Math.hypot(event.clientX - carried.x, event.clientY - carried.y) < 5) return
    carried.moved = true
    carried.ghost ??= newGhost(carried.device.name)
    carried.ghost.style.transform = `translate(${event.clientX + 10}px, ${event.clientY + 6}px)`
    const over = targetAt(event.clientX, event.clientY)
    carried.ghost.textContent = over ? `${carried.device.name} → ${over.rack}:${over.unit}` : carried.device.name
  }
  const put = (event: PointerEvent<SVGGElement>) => {
    const carried = drag.current
    drag.current = undefined
    carried?.ghost?.remove()
    if (!carried?.moved || !onDrop || event.type !== 'pointerup') return
    const over = targetAt(event.clientX, event.clientY)
    if (over) onDrop(carried.device, over.rack, over.unit, over.side)
  }

  const box = (device: RackDevice, key: string, x: number, top: number, w: number, h: number, upright: boolean) => (
    <g
      key={key}
      className={[style.device, shown === device.name && style.shown, lit?.has(device.name) && style.lit, dim?.(device) && style.dim, onDrop && style.movable].filter(Boolean).join(' ')}
      role={onShow ? 'button' : 'img'}
      {...(onShow ? {
        tabIndex: 0,
        'aria-pressed': shown === device.name,
        onClick: () => onShow(device),
        onKeyDown: event => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); onShow(device) } },
      } : {})}
      {...(onPoint ? { onPointerEnter: () => onPoint(device.name), onPointerLeave: () => onPoint(undefined), onFocus: () => onPoint(device.name), onBlur: () => onPoint(undefined) } : {})}
      onPointerDown={event => pick(event, device)}
      onPointerMove={carry}
      onPointerUp={put}
      onPointerCancel={put}
    >
      <title>{`${device.name}, ${device.type} (${device.driver}), ${placeText(device)}`}</title>
      <rect className={style.body} x={x + 1} y={top + 1} width={w - 2} height={h - 2} rx={3} />
      <rect className={style.stripe} x={x + 1} y={top + 1} width={upright ? w - 2 : 6} height={upright ? 6 : h - 2} rx={2} style={{ fill: colour(device) }} />
      {upright
        ? <text className={style.upright} aria-hidden transform={`translate(${x + w / 2 + 4} ${top + h - 8}) rotate(-90)`}>{shortened(device.name, h / 8)}</text>
        : (
          <foreignObject aria-hidden x={x + 11} y={top} width={Math.max(0, w - 15)} height={h}>
            <div className={style.label}><span className={style.text}>{device.name}</span></div>
          </foreignObject>
        )}
    </g>
  )

  return (
    <svg className={style.drawing} viewBox={`0 0 ${width} ${height + 2}`} width={width} height={height + 2} role="group" aria-label={`${rack.name}, ${view}`}>
      {Array.from({ length: rack.highest - rack.lowest + 1 }, (_, i) => rack.highest - i).map(unit => (
        <g key={unit} aria-hidden>
          <text className={style.number} x={numbersAt} y={y(unit) + 15} textAnchor={view === 'front' ? 'end' : 'start'}>{unit}</text>
          <rect className={style.unit} x={left} y={y(unit)} width={unitWidth} height={unitHeight} data-rack={rack.name} data-unit={unit} data-view={view} />
        </g>
      ))}
      {freeRuns(rack).flatMap(([low, high]) => Array.from({ length: high - low + 1 }, (_, i) => high - i)).map(unit => (
        onFree && (
          <g
            key={`free ${unit}`} className={style.free} role="button" tabIndex={0} aria-label={`Put something into unit ${unit} of ${rack.name}`}
            onClick={() => onFree(unit)}
            onKeyDown={event => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); onFree(unit) } }}
          >
            <rect x={left + 1} y={y(unit) + 1} width={unitWidth - 2} height={unitHeight - 2} rx={3} data-rack={rack.name} data-unit={unit} data-view={view} />
            <text x={left + unitWidth / 2} y={y(unit) + 14} textAnchor="middle">+ put something here</text>
          </g>
        )
      ))}
      {rack.devices.flatMap(device => runs(device.units).map(([low, high]) => {
        const half = isHalf(device)
        const right = half && from(device.side!) === 'right'
        return box(device, `${device.name} ${low}`, left + (right ? unitWidth / 2 : 0), y(high), half ? unitWidth / 2 : unitWidth, (high - low + 1) * unitHeight, false)
      }))}
      {onFree && rack.devices.filter(isHalf).flatMap(device => device.units.map(unit => {
        const other: Side = device.side === 'left' ? 'right' : 'left'
        if (rack.devices.some(twin => twin !== device && twin.units.includes(unit))) return null
        return (
          <g
            key={`half ${unit}`} className={style.free} role="button" tabIndex={0} aria-label={`Put something into the ${other} half of unit ${unit} of ${rack.name}`}
            onClick={() => onFree(unit, other)}
            onKeyDown={event => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); onFree(unit, other) } }}
          >
            <rect x={left + (from(other) === 'right' ? unitWidth / 2 : 0) + 1} y={y(unit) + 1} width={unitWidth / 2 - 2} height={unitHeight - 2} rx={3} data-rack={rack.name} data-unit={unit} data-view={view} />
            <text x={left + unitWidth * (from(other) === 'right' ? 0.75 : 0.25)} y={y(unit) + 14} textAnchor="middle">+ half</text>
          </g>
        )
      }))}
      {(['left', 'right'] as const).flatMap(at => rails[at].map((device, i) => (
        box(device, device.name, at === 'left' ? left - (i + 1) * railWidth : left + unitWidth + i * railWidth, 0, railWidth, height, true)
      )))}
    </svg>
  )
}

function shortened(name: string, most: number): string {
  const letters = Array.from(name)
  return letters.length <= most ? name : `${letters.slice(0, Math.max(0, Math.floor(most) - 1)).join('')}…`
}

/** Returns the unit of a rack at a point of the window, and in which half of it the point is. */
function targetAt(x: number, y: number): { rack: string; unit: number; side: Side } | undefined {
  for (const element of document.elementsFromPoint(x, y)) {
    if (!(element instanceof SVGRectElement) || !element.dataset.unit) continue
    const box = element.getBoundingClientRect()
    const left = x < box.left + box.width / 2
    return { rack: element.dataset.rack ?? '', unit: Number(element.dataset.unit), side: left === (element.dataset.view === 'front') ? 'left' : 'right' }
  }
  return undefined
}

function newGhost(name: string): HTMLElement {
  const ghost = document.createElement('div')
  ghost.className = style.ghost!
  ghost.textContent = name
  document.body.append(ghost)
  return ghost
}
