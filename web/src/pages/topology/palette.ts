import { useEffect, useState } from 'react'
import type { Palette } from './svg'

const kinds = ['server', 'networkswitch', 'powerstrip', 'consoleserver', 'rack', 'pool', 'datacenter']

/** Reads the colours of the theme that is shown, as a canvas takes them. */
function readPalette(): Palette {
  const probe = document.createElement('span')
  document.body.append(probe)
  const color = (name: string) => {
    probe.style.color = `var(${name})`
    return getComputedStyle(probe).color
  }
  const palette: Palette = {
    ground: color('--ground'), surface: color('--surface'), line: color('--line-strong'), text: color('--text'), quiet: color('--text-quiet'),
    accent: color('--accent'), added: color('--good'), removed: color('--bad'), other: color('--kind-other'),
    kinds: Object.fromEntries(kinds.map(kind => [kind, color(`--kind-${kind}`)])),
  }
  probe.remove()
  return palette
}

/** Returns the colours of the theme, also after it was changed. */
export function usePalette(): Palette {
  const [palette, setPalette] = useState(readPalette)
  useEffect(() => {
    const renew = () => setPalette(readPalette())
    const observer = new MutationObserver(renew)
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    const system = matchMedia('(prefers-color-scheme: dark)')
    system.addEventListener('change', renew)
    return () => {
      observer.disconnect()
      system.removeEventListener('change', renew)
    }
  }, [])
  return palette
}
