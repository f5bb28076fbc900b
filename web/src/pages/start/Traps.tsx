import { isProblem } from '@/api/problem'
import { Badge, Empty, ErrorNote, Panel, Thing, Waiting, count, formatTime } from '@/ui'
import { NotForYou } from '@/ui/NotForYou'
import { placeOf, useTraps, type TrapOutcome, type TrapReport } from './traps'
import { useNow } from './visible'
import style from './Start.module.css'

const shown = 8

/** What was discovered, and what was dropped and why. */
export function Traps() {
  const report = useTraps()
  return (
    <Panel
      title="What switches report"
      actions={report.data?.on && <span className="quiet">traps on <span className="mono">{report.data.listen}</span></span>}
    >
      {report.isPending && <Waiting />}
      {isProblem(report.error, 'permission-denied') ? <NotForYou what="what comes of the traps of switches" /> : report.isError && <ErrorNote error={report.error} />}
      {report.data && (report.data.on ? <Report report={report.data} /> : <Off />)}
    </Panel>
  )
}

function Off() {
  return (
    <Empty title="The trap daemon is off.">
      <p className="quiet">Switches that report new machines have them entered, racked and cabled by themselves. To switch it on:</p>
      <code>clusto serve --snmptrap 0.0.0.0:162</code>
    </Empty>
  )
}

function Report({ report }: { report: TrapReport }) {
  const now = useNow()
  const { counts, dropped } = report
  const found = report.outcomes.filter(o => o.outcome !== 'dropped').slice(0, shown)
  const refused = report.outcomes.filter(o => o.outcome === 'dropped').slice(0, shown)
  return (
    <div className={style.stack}>
      <p>
        <Badge tone="good">{counts.created.toLocaleString('en')} made</Badge>{' '}
        <Badge tone="accent">{counts.racked.toLocaleString('en')} racked</Badge>{' '}
        <Badge tone="accent">{counts.recorded.toLocaleString('en')} noted</Badge>{' '}
        <Badge>{counts.unchanged.toLocaleString('en')} known already</Badge>
        <span className="quiet"> of {count(counts.traps, 'trap')} {report.since && `since ${formatTime(report.since, now)}`}</span>
      </p>
      <h3>Discovered</h3>
      {found.length === 0 && <p className="quiet">Nothing new since the daemon was started.</p>}
      <ol className={style.feed} aria-live="polite" aria-label="Discovered">
        {found.map(outcome => <li key={placeOf(outcome)} className={style.entry}><Outcome outcome={outcome} now={now} /></li>)}
      </ol>
      <h3>Dropped</h3>
      {dropped.length === 0 && <p className="quiet">Nothing was dropped.</p>}
      {dropped.length > 0 && (
        <ul className={style.reasons}>
          {dropped.map(({ reason, count: n }) => <li key={reason}><Badge tone="warn">{n.toLocaleString('en')} {reason}</Badge></li>)}
        </ul>
      )}
      <ol className={style.feed} aria-label="Dropped">
        {refused.map(outcome => <li key={placeOf(outcome)} className={style.entry}><Drop outcome={outcome} now={now} /></li>)}
      </ol>
    </div>
  )
}

const words = { created: 'made', racked: 'racked', recorded: 'noted the address at', unchanged: 'known at', dropped: 'dropped' } as const

function Outcome({ outcome, now }: { outcome: TrapOutcome; now: Date }) {
  return (
    <>
      <p className={style.line}>
        <span>
          {words[outcome.outcome]} {outcome.entity && <Thing name={outcome.entity} type="server" />}
          {outcome.rack && <> in <Thing name={outcome.rack} type="rack" /></>}
          {outcome.address && <span className="mono"> {outcome.address}</span>}
        </span>
        <time dateTime={outcome.at} className={style.time}>{formatTime(outcome.at, now)}</time>
      </p>
      <p className={style.why}><Whence outcome={outcome} />{outcome.note && `; ${outcome.note}`}</p>
    </>
  )
}

function Drop({ outcome, now }: { outcome: TrapOutcome; now: Date }) {
  return (
    <>
      <p className={style.line}>
        <span><strong>{outcome.reason}</strong>{outcome.detail && <span className="name">: {outcome.detail}</span>} {(outcome.count ?? 1) > 1 && <Badge>{outcome.count?.toLocaleString('en')} times</Badge>}</span>
        <time dateTime={outcome.at} className={style.time}>{formatTime(outcome.at, now)}</time>
      </p>
      <p className={style.why}><Whence outcome={outcome} /></p>
      {outcome.hint && <p className={`${style.hint} name`}>{outcome.hint}</p>}
    </>
  )
}

/** Where a trap came from. */
function Whence({ outcome }: { outcome: TrapOutcome }) {
  return (
    <>
      {outcome.switch ? <><Thing name={outcome.switch} type="networkswitch" /> <span className="mono">{outcome.source}</span></> : <span className="mono">{outcome.source}</span>}
      {outcome.port ? ` port ${outcome.port}` : ''}{outcome.vlan ? ` VLAN ${outcome.vlan}` : ''}
      {outcome.mac && <> <span className="mono">{outcome.mac}</span></>}
    </>
  )
}
