import { useReadNow } from '@/api/read'
import type { Schemas } from '@/api/client'
import { isProblem } from '@/api/problem'
import { Badge, ErrorNote, Panel, Thing, formatTime } from '@/ui'
import { NotForYou } from '@/ui/NotForYou'
import { useNow } from './visible'
import style from './Start.module.css'

const shown = 8

/** The DHCP clients that got no answer, or are nothing in the inventory. */
export function Strangers() {
  const server = useReadNow('/server', {})
  const leases = useReadNow('/dhcp/leases', { query: { limit: 200 } })
  const now = useNow()
  const on = server.data?.services?.some(service => service.name.startsWith('dhcp') && service.on) ?? false
  const all = leases.data?.leases ?? []
  const strange = all.filter(lease => !lease.entity || lease.outcome)
  if (isProblem(leases.error, 'permission-denied')) return <Panel title="DHCP"><NotForYou what="who asks by DHCP" /></Panel>
  return (
    <Panel title={<>DHCP: strangers and refused {strange.length > 0 && <Badge tone="warn">{strange.length}</Badge>}</>} actions={<span className="quiet">{server.data && (on ? 'answering' : 'off here')}</span>}>
      {leases.isError && <ErrorNote error={leases.error} />}
      {leases.isSuccess && strange.length === 0 && (
        <p className="quiet">{on || all.length > 0 ? 'Whoever asked is known and was answered.' : <>This server answers no DHCP. <code>clusto serve --dhcp ADDRESS:67</code> switches it on.</>}</p>
      )}
      <ul className={style.feed}>
        {strange.slice(0, shown).map(lease => <li key={`${lease.family} ${lease.client}`} className={style.entry}><Client lease={lease} now={now} /></li>)}
      </ul>
    </Panel>
  )
}

function Client({ lease, now }: { lease: Schemas['Lease']; now: Date }) {
  return (
    <>
      <p className={style.line}>
        <span><span className="mono name">{lease.client}</span> {lease.entity ? <Thing name={lease.entity} type="server" /> : <Badge>stranger</Badge>} {lease.outcome && <strong>{lease.outcome}</strong>}</span>
        <time dateTime={lease.at} className={style.time}>{formatTime(lease.at, now)}</time>
      </p>
      <p className={style.why}>
        {lease.message}{lease.relay && <> through <span className="mono">{lease.relay}</span></>}{lease.circuit && <>, port <span className="name">{lease.circuit}</span></>}
        {lease.hostname && <>, calls itself <span className="name">{lease.hostname}</span></>}{lease.vendor && <>, <span className="name">{lease.vendor}</span></>}
      </p>
    </>
  )
}
