import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, type Schemas } from '@/api/client'
import { isProblem } from '@/api/problem'
import { read, useReadNow } from '@/api/read'
import { Badge, Button, ErrorNote, Panel, Thing, Waiting, count, formatTime } from '@/ui'
import { NotForYou } from '@/ui/NotForYou'
import { useNow } from './visible'
import style from './Start.module.css'

type Finding = Schemas['Finding']

const shown = 6
const tones = { error: 'bad', warning: 'warn', info: 'quiet' } as const
const params = { query: { max_age: 3600 } }

/** What is wrong in the inventory, as of the last look. */
export function Findings() {
  const queries = useQueryClient()
  const state = useReadNow('/fsck', params)
  const [looking, setLooking] = useState(false)
  const [failed, setFailed] = useState<unknown>()
  const now = useNow()
  const again = async () => {
    setLooking(true)
    setFailed(undefined)
    try {
      const { data } = await api.GET('/fsck', { params: { query: { max_age: 0 } } })
      queries.setQueryData(read('/fsck', params).queryKey, data)
    } catch (error) {
      setFailed(error)
    }
    setLooking(false)
  }
  const { report, at, took_ms: took = 0, changed } = state.data ?? {}
  return (
    <Panel
      title="What fsck finds"
      actions={report && <Button small isDisabled={looking} onPress={() => void again()}>{looking ? 'Looking …' : 'Look again'}</Button>}
    >
      {state.isPending && <Waiting what="Looking at everything" />}
      {isProblem(state.error, 'permission-denied') ? <NotForYou what="what is wrong in the inventory" /> : state.isError && <ErrorNote error={state.error} />}
      {failed !== undefined && <ErrorNote error={failed} />}
      {report && (
        <div className={style.stack}>
          <p>
            <Severities findings={report.findings} />
            <span className="quiet"> looked {at && formatTime(at, now)} in {took < 1000 ? `${took} ms` : `${(took / 1000).toFixed(1)} s`}{changed && '; something was changed since'}</span>
          </p>
          <ul className={style.feed}>
            {report.findings.slice(0, shown).map((finding, i) => <li key={i} className={style.entry}><Found finding={finding} /></li>)}
          </ul>
          {report.findings.length > shown && <p className="quiet">and {count(report.findings.length - shown, 'more', 'more')}: <code>clusto fsck</code> lists all, <code>clusto fsck --repair</code> repairs what can be repaired.</p>}
        </div>
      )}
    </Panel>
  )
}

function Severities({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return <Badge tone="good">nothing is wrong</Badge>
  return (['error', 'warning', 'info'] as const).map(severity => {
    const n = findings.filter(finding => finding.severity === severity).length
    return n > 0 && <span key={severity}><Badge tone={tones[severity]}>{severity === 'info' ? `${n} to know` : count(n, severity)}</Badge>{' '}</span>
  })
}

function Found({ finding }: { finding: Finding }) {
  return (
    <>
      <p className={style.line}>
        <span><Badge tone={tones[finding.severity]}>{finding.check}</Badge> <span className="name">{finding.problem}</span></span>
      </p>
      <p className={style.why}>
        {finding.things.slice(0, 4).map((name, i) => <span key={name}>{i > 0 && ', '}<Thing name={name} /></span>)}
        {finding.things.length > 0 && finding.remedy && ' — '}<span className="name">{finding.remedy}</span>
      </p>
    </>
  )
}
