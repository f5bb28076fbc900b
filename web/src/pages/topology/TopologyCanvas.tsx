import { Maximize2, Minus, Plus } from 'lucide-react'
import { useCallback, useEffect, useRef, type KeyboardEvent, type PointerEvent } from 'react'
import { Button } from '@/ui'
import { draw, fit, zoom, type Scene, type Sight } from './draw'
import { nodeAt } from './layout'
import style from './topology.module.css'

interface TopologyCanvasProps {
  scene: Scene
  onSelect: (node: number) => void
  /** Called with a node that is double clicked, or Enter on what is selected. */
  onExpand: (node: number) => void
}

/** A graph to move about in. Arrows move it, + and - come nearer and go away, 0 shows all. */
export function TopologyCanvas({ scene, onSelect, onExpand }: TopologyCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const sight = useRef<Sight>({ x: 0, y: 0, scale: 1 })
  const waiting = useRef(0)
  const shown = useRef(scene)
  const grip = useRef<{ x: number; y: number; moved: boolean }>(undefined)

  const redraw = useCallback(() => {
    waiting.current ||= requestAnimationFrame(() => {
      waiting.current = 0
      const element = canvas.current
      const ctx = element?.getContext('2d', { alpha: false })
      if (!element || !ctx) return
      const density = devicePixelRatio
      const size = { width: element.clientWidth, height: element.clientHeight }
      const width = Math.round(size.width * density), height = Math.round(size.height * density)
      if (element.width !== width || element.height !== height) Object.assign(element, { width, height })
      ctx.setTransform(density, 0, 0, density, 0, 0)
      draw(ctx, size, sight.current, shown.current)
    })
  }, [])
  const look = useCallback((next: Sight) => {
    sight.current = next
    redraw()
  }, [redraw])
  const all = useCallback(() => {
    const element = canvas.current!
    look(fit(shown.current.layout, { width: element.clientWidth, height: element.clientHeight }))
  }, [look])

  useEffect(() => {
    shown.current = scene
    redraw()
  }, [scene, redraw])
  useEffect(all, [scene.layout, all])
  useEffect(() => {
    const element = canvas.current!
    const observer = new ResizeObserver(redraw)
    observer.observe(element)
    // React listens for wheels passively, so that they could not be kept from scrolling the page.
    const onWheel = (event: WheelEvent) => {
      event.preventDefault()
      const at = element.getBoundingClientRect()
      look(zoom(sight.current, Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), event.clientX - at.left, event.clientY - at.top))
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => {
      observer.disconnect()
      element.removeEventListener('wheel', onWheel)
      cancelAnimationFrame(waiting.current)
      waiting.current = 0
    }
  }, [look, redraw])

  const middle = (by: number) => look(zoom(sight.current, by, canvas.current!.clientWidth / 2, canvas.current!.clientHeight / 2))
  const move = (x: number, y: number) => look({ ...sight.current, x: sight.current.x + x / sight.current.scale, y: sight.current.y + y / sight.current.scale })
  const hit = (event: { clientX: number; clientY: number }) => {
    const at = canvas.current!.getBoundingClientRect()
    const { x, y, scale } = sight.current
    return nodeAt(shown.current.layout, x + (event.clientX - at.left) / scale, y + (event.clientY - at.top) / scale)
  }
  const onPointerDown = (event: PointerEvent) => {
    canvas.current!.setPointerCapture(event.pointerId)
    grip.current = { x: event.clientX, y: event.clientY, moved: false }
  }
  const onPointerMove = (event: PointerEvent) => {
    const from = grip.current
    if (!from) return
    const dx = event.clientX - from.x, dy = event.clientY - from.y
    if (!from.moved && Math.hypot(dx, dy) < 4) return
    grip.current = { x: event.clientX, y: event.clientY, moved: true }
    move(-dx, -dy)
  }
  const onPointerUp = (event: PointerEvent) => {
    if (grip.current && !grip.current.moved) onSelect(hit(event))
    grip.current = undefined
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const step = event.shiftKey ? 300 : 60
    const steps: Record<string, () => void> = {
      ArrowLeft: () => move(-step, 0), ArrowRight: () => move(step, 0), ArrowUp: () => move(0, -step), ArrowDown: () => move(0, step),
      '+': () => middle(1.3), '=': () => middle(1.3), '-': () => middle(1 / 1.3), '0': all,
      Enter: () => shown.current.selected >= 0 && onExpand(shown.current.selected), Escape: () => onSelect(-1),
    }
    const act = steps[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  const { nodes, cables } = scene.graph
  return (
    <div className={style.stage}>
      <canvas
        ref={canvas}
        className={style.canvas}
        tabIndex={0}
        role="img"
        aria-label={`A graph of ${nodes.length} things and ${cables.length} cables. The list has the same as text.`}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onDoubleClick={event => hit(event) >= 0 && onExpand(hit(event))}
        onKeyDown={onKeyDown}
      />
      <div className={style.zoom}>
        <Button small aria-label="Nearer" onPress={() => middle(1.3)}><Plus /></Button>
        <Button small aria-label="Farther" onPress={() => middle(1 / 1.3)}><Minus /></Button>
        <Button small aria-label="Show all" onPress={all}><Maximize2 /></Button>
      </div>
    </div>
  )
}
