import { Link } from '@tanstack/react-router'
import { useLayoutEffect, useRef, useState } from 'react'
import type { Schemas } from '@/api/client'
import { fitting, layOut, portText, stopsOf, type Box, type Stop } from './path'
import style from './ports.module.css'

const box = { width: 172, height: 54, gap: 44 }

/** Draws cables end to end: a box for each device, with the ports of the cable, and lines between them. It breaks into lines where there is no room. */
export function TracePath({ cables, here }: { cables: readonly Schemas['Cable'][]; here: string }) {
  const frame = useRef<HTMLDivElement>(null)
  const [room, setRoom] = useState(600)
  useLayoutEffect(() => {
    const element = frame.current
    if (!element) return
    const observer = new ResizeObserver(([entry]) => entry && setRoom(entry.contentRect.width))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const stops = stopsOf(cables)
  const drawn = layOut(stops, { ...box, perLine: fitting(room, box.width, box.gap) })
  const [first, last] = [stops[0], stops.at(-1)]
  return (
    <div ref={frame} className={style.trace}>
      <svg width={drawn.width} height={drawn.height} role="group" aria-label={first && last ? `Cable from ${stopText(first)} to ${stopText(last)}` : 'No cable'}>
        {drawn.boxes.slice(1).map((to, i) => <path key={i} className={style.cable} d={lineBetween(drawn.boxes[i]!, to)} />)}
        {drawn.boxes.map((at, i) => <Device key={i} at={at} isHere={at.stop.device === here} passes={Boolean(at.stop.in && at.stop.out)} />)}
      </svg>
    </div>
  )
}

function Device({ at: { stop, x, y }, isHere, passes }: { at: Box; isHere: boolean; passes: boolean }) {
  return (
    <g transform={`translate(${x} ${y})`}>
      <rect width={box.width} height={box.height} rx={6} className={`${style.box} ${passes ? style.panel : ''} ${isHere ? style.here : ''}`} />
      <foreignObject width={box.width} height={box.height}>
        <div className={style.device}>
          <Link to="/things/$name" params={{ name: stop.device }} title={stop.device} className={style.deviceName!}><bdi>{stop.device}</bdi></Link>
          <span className={style.devicePorts} title={portsText(stop)}>{portsText(stop)}</span>
        </div>
      </foreignObject>
    </g>
  )
}

function portsText({ in: enters, out: leaves }: Stop): string {
  return [enters, leaves].filter(port => port !== undefined).map(portText).join(' ⇢ ')
}

function stopText(stop: Stop): string {
  return `${stop.device} ${portsText(stop)}`
}

/** Returns the line from the edge of a box to that of the next, which is beside or below it. */
function lineBetween(from: Box, to: Box): string {
  const middle = box.height / 2
  if (from.y !== to.y) return `M ${from.x + box.width / 2} ${from.y + box.height} V ${to.y}`
  return from.x < to.x ? `M ${from.x + box.width} ${from.y + middle} H ${to.x}` : `M ${from.x} ${from.y + middle} H ${to.x + box.width}`
}
