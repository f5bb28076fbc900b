import { useEffect, useMemo, useState } from 'react'

/** Returns a value as it was when it had not changed for some time, in ms. Values are the same if their JSON is. */
export function useLater<T>(value: T, ms: number): T {
  const text = JSON.stringify(value) as string | undefined // undefined has no JSON
  const [later, setLater] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setLater(text), ms)
    return () => clearTimeout(timer)
  }, [text, ms])
  return useMemo(() => (later === undefined ? undefined : JSON.parse(later)) as T, [later])
}
