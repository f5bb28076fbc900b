import { useReadNow } from '@/api/read'
import { CopyButton, Panel, Thing } from '@/ui'
import style from '../thing.module.css'
import type { ThingData } from '../useThing'

/** How to reach the serial console of a thing; of one without it says nothing. */
export function Console({ thing }: { thing: ThingData }) {
  const { data } = useReadNow('/entities/{name}/console', { path: { name: thing.name } })
  if (!data) return null
  const command = data.command.map(quoted).join(' ')
  return (
    <Panel title="Console" actions={<CopyButton text={command}>Copy</CopyButton>}>
      <div className={style.lines}>
        <p>At <Thing name={data.server} type="consoleserver" />, port {data.port}:</p>
        <pre className={style.pre}>{command}</pre>
      </div>
    </Panel>
  )
}

/** Returns a word as a shell reads it back. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
