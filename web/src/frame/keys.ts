import { useEffect, useRef } from 'react'
import { places, type Place } from './places'

/** What keys do anywhere on the pages. */
export interface KeyDeeds {
  find: () => void
  help: () => void
  go: (to: Place['to']) => void
  step: (to: 'before' | 'after') => void
}

/** How long after g the next key counts, in ms. */
const together = 1500

/** Returns whether what has the focus takes letters for itself. */
function takesLetters(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('[role="menu"], [role="listbox"], [role="dialog"], [role="grid"], [role="treegrid"]') !== null
}

/** Listens to the keys that work on every page. */
export function useKeys(deeds: KeyDeeds): void {
  const latest = useRef(deeds)
  useEffect(() => { latest.current = deeds })
  useEffect(() => {
    let began = 0
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        latest.current.find()
        return
      }
      if (takesLetters(event.target)) return
      if (event.altKey && !event.ctrlKey && !event.metaKey && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
        event.preventDefault()
        latest.current.step(event.key === 'ArrowDown' ? 'before' : 'after')
        return
      }
      if (!plain) return
      const place = event.timeStamp - began < together ? places.find(place => place.key === event.key) : undefined
      began = 0
      if (place) latest.current.go(place.to)
      else if (event.key === 'g') began = event.timeStamp
      else if (event.key === '/') latest.current.find()
      else if (event.key === '?') latest.current.help()
      else return
      event.preventDefault()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
}
