import { Check, X } from 'lucide-react'
import type { Schemas } from '@/api/client'
import { Badge, Thing } from '@/ui'
import style from '../thing.module.css'
import dhcp from './dhcp.module.css'

type Explained = Schemas['DhcpExplanation']
type Step = Schemas['DhcpStep']

/** How it was decided what a client is told: step by step, up to the one that failed, and what it would be told. */
export function Explanation({ explained, asked }: { explained: Explained; asked: string }) {
  return (
    <div className={style.stack}>
      <p className={dhcp.outcome}>
        {explained.answered ? <Badge tone="good">answered</Badge> : <Badge tone="bad">no answer</Badge>}
        {explained.answered
          ? <span>It would be told <span className="mono">{explained.addresses?.[0]}</span>{explained.network && <> in <span className="mono">{explained.network}</span></>}{explained.manager && <> of <Thing name={explained.manager} /></>}.</span>
          : <strong className="name">{explained.reason}</strong>}
        {explained.host && explained.host !== asked && <span>This address is of <Thing name={explained.host} />.</span>}
      </p>
      <ol className={dhcp.steps}>
        {(explained.steps ?? []).map((step, i) => <StepLine key={i} step={step} />)}
      </ol>
      {explained.options && explained.options.length > 0 && <Options explained={explained} />}
    </div>
  )
}

function StepLine({ step }: { step: Step }) {
  return (
    <li className={step.failed ? `${dhcp.step} ${dhcp.failed}` : dhcp.step}>
      {step.failed ? <X aria-label="failed" /> : <Check aria-label="ok" />}
      <div>
        <span className={dhcp.subject}>{step.subject}</span> <span className="name">{step.text}</span>
        <Provenance step={step} />
        {step.hint && <p className={`${dhcp.hint} name`}>{step.hint}</p>}
      </div>
    </li>
  )
}

/** Says whose attribute decided a step, and what it overrides. */
function Provenance({ step }: { step: Step }) {
  if (!step.from) return null
  return (
    <span className="quiet">
      {' '}from <Thing name={step.from} />
      {step.overrides?.map((other, i) => <span key={i}>, overrides <s className="mono name">{other.value}</s> of <Thing name={other.from} /></span>)}
    </span>
  )
}

function Options({ explained }: { explained: Explained }) {
  return (
    <div className={style.scroll}>
      <table className={style.plainTable}>
        <thead><tr><th scope="col">Option</th><th scope="col">Value</th><th scope="col">Because</th></tr></thead>
        <tbody>
          {explained.options!.map(option => {
            const step = explained.steps.find(step => step.subject === option.name)
            return (
              <tr key={option.code}>
                <th scope="row"><span className="mono">{option.code}</span> {option.name}</th>
                <td className="mono name" title={option.data}>{option.value ?? option.data}</td>
                <td>{step && <Provenance step={step} />}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
