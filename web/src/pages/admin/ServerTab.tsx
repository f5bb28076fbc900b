import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useReadNow } from '@/api/read'
import { Badge, ErrorNote, Panel, Waiting } from '@/ui'
import style from './Admin.module.css'

const names = { http: 'HTTP', traps: 'Traps of switches', dhcp4: 'DHCPv4', dhcp6: 'DHCPv6', memory: 'Inventory in memory', database: 'Database' } as const

const howOn = {
  traps: 'clusto serve --snmptrap 0.0.0.0:162', dhcp4: 'clusto serve --dhcp ADDRESS:67', dhcp6: "clusto serve --dhcp6 '[::]:547'",
  http: '', memory: '', database: '',
} as const

/** How often the state is asked for, in ms. */
const often = 5000

/** What the server is, and whether each of its parts does what it is for. */
export function ServerTab() {
  const server = useReadNow('/server', {})
  // The state of its parts changes without a version.
  const { refetch } = server
  useEffect(() => {
    const timer = setInterval(() => void refetch(), often)
    return () => clearInterval(timer)
  }, [refetch])
  return (
    <div className={style.stack}>
      <Panel title="This server">
        {server.isPending && <Waiting />}
        {server.isError && <ErrorNote error={server.error} />}
        {server.data && (
          <table className={`${style.table} ${style.left}`}>
            <tbody>
              <tr><th scope="row">Ready</th><td><Ready /></td></tr>
              <tr><th scope="row">Program</th><td>clusto {server.data.version}, API {server.data.api}</td></tr>
              <tr><th scope="row">Database</th><td>{server.data.database}</td></tr>
              <tr><th scope="row">Newest version</th><td><Link to="/history/$version" params={{ version: String(server.data.newest) }}>{server.data.newest}</Link></td></tr>
              <tr><th scope="row">Accounts</th><td>{server.data.accounts ? <Badge tone="good">on</Badge> : <p><Badge tone="warn">off</Badge> whoever reaches this server may do everything; <Link to="/admin" search={{ tab: 'users' }}>how to switch them on</Link></p>}</td></tr>
              <tr><th scope="row">Scripts</th><td>{server.data.scripts ? 'are run here' : 'are not run here'}</td></tr>
            </tbody>
          </table>
        )}
      </Panel>
      <Panel title="What it does">
        <table className={`${style.table} ${style.left}`}>
          <thead><tr><th scope="col">Part</th><th scope="col">State</th><th scope="col">Listens on</th><th scope="col">More</th></tr></thead>
          <tbody>
            {server.data?.services?.map(service => (
              <tr key={service.name}>
                <td>{names[service.name]}</td>
                <td>{!service.on ? <Badge>off</Badge> : service.ready ? <Badge tone="good">ready</Badge> : <Badge tone="bad">not ready</Badge>}</td>
                <td className="mono">{service.listen?.join(', ')}</td>
                <td>{service.on ? service.detail : howOn[service.name] && <>switched on by <code>{howOn[service.name]}</code></>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
    </div>
  )
}

/** What /readyz answers. */
interface Readiness {
  ready: boolean
  checks?: { name: string; ok: boolean; reason?: string }[]
}

/** What the server says of itself to whoever watches it. */
function Ready() {
  const ready = useQuery({
    queryKey: ['ready'],
    queryFn: async ({ signal }) => (await (await fetch('/readyz', { signal, headers: { Accept: 'application/json' } })).json()) as Readiness,
    refetchInterval: often,
    retry: false,
  })
  if (ready.isError) return <Badge tone="bad">no answer</Badge>
  if (!ready.data) return <span className="quiet">…</span>
  return (
    <>
      <Badge tone={ready.data.ready ? 'good' : 'bad'}>{ready.data.ready ? 'yes' : 'no'}</Badge>{' '}
      {ready.data.checks?.map(check => <span key={check.name}><Badge tone={check.ok ? 'quiet' : 'bad'}>{check.name}</Badge> {check.reason && <span className="name">{check.reason} </span>}</span>)}
    </>
  )
}
