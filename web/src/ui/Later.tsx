import { Suspense, useState, type ReactNode } from 'react'

/** Shows what is loaded only when it is wanted for the first time, and keeps it from then on, so that it can close by itself. */
export function Later({ wanted, children }: { wanted: boolean; children: ReactNode }) {
  const [begun, setBegun] = useState(wanted)
  if (wanted && !begun) setBegun(true)
  return begun ? <Suspense fallback={null}>{children}</Suspense> : null
}
