import { Link, getRouteApi, useNavigate } from '@tanstack/react-router'
import { Check, Circle } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { Operation } from '@/api/change'
import { useAt } from '@/time/at'
import { Button, ChangeDialog, Empty, ErrorNote, Page, Panel, Waiting } from '@/ui'
import { DatacenterStep } from './DatacenterStep'
import { NamesStep } from './NamesStep'
import { NetworkStep } from './NetworkStep'
import { RackStep } from './RackStep'
import { RelayStep } from './RelayStep'
import { SwitchStep } from './SwitchStep'
import { after, isDone, nextStep, steps, type Step } from './steps'
import { useThere, type Known } from './there'
import style from './Setup.module.css'

const route = getRouteApi('/setup/')

const titles: Record<Step, string> = {
  datacenter: 'A datacenter',
  network: 'A network',
  names: 'Names of servers',
  rack: 'The first rack',
  switch: 'Point a switch at us',
  relay: 'Point a DHCP relay at us',
}

/** What a step is given. */
export interface StepProps {
  known: Known
  /** Shows what operations would make, and makes it. */
  propose: (operations: Operation[]) => void
}

const bodies: Record<Step, (props: StepProps) => ReactNode> = {
  datacenter: DatacenterStep,
  network: NetworkStep,
  names: NamesStep,
  rack: RackStep,
  switch: SwitchStep,
  relay: RelayStep,
}

/** The guide through what an inventory needs first. It looks at what is there, so it can be left and come back to. */
export function SetupPage() {
  const known = useThere()
  const at = useAt()
  if (at) return <Page title="Set up"><Empty title="The past cannot be set up."><p className="quiet">Go back to now first.</p></Empty></Page>
  return (
    <Page title="Set up" about="Each step shows what it would make before it is made. Skip what you do not need; come back whenever you like.">
      {known.isPending && <Waiting />}
      {known.error !== undefined && <ErrorNote error={known.error} />}
      {!known.isPending && known.error === undefined && <Guide known={known} />}
    </Page>
  )
}

function Guide({ known }: { known: Known }) {
  const { step: asked } = route.useSearch()
  const navigate = useNavigate()
  const [operations, propose] = useState<Operation[]>()
  // What was to be done first when the guide was opened; making it does not turn the page under the reader.
  const [first] = useState(() => nextStep(known.there))
  const step = asked ?? first
  const Body = step && bodies[step]
  const goOn = () => {
    const next = step && after(step)
    void (next ? navigate({ to: '/setup', search: { step: next } }) : navigate({ to: '/' }))
  }
  return (
    <div className={style.guide}>
      <nav aria-label="Steps">
        <ol className={style.steps}>
          {steps.map((one, i) => {
            const done = isDone(one, known.there)
            return (
              <li key={one}>
                <Link to="/setup" search={{ step: one }} className={style.step!} {...(one === step ? { 'aria-current': 'step' as const } : {})}>
                  {done ? <Check aria-label="done" /> : <Circle aria-label="to do" />} {i + 1}. {titles[one]}
                </Link>
              </li>
            )
          })}
        </ol>
      </nav>
      {step && Body ? (
        <Panel
          title={titles[step]}
          actions={<Button small onPress={goOn}>{isDone(step, known.there) ? 'Go on' : 'Skip'}</Button>}
        >
          <Body key={step} known={known} propose={propose} />
          <ChangeDialog title={titles[step]} operations={operations} verb="Make it" onClose={() => propose(undefined)} onDone={goOn} />
        </Panel>
      ) : (
        <Empty title="All is set up.">
          <p className="quiet">Machines that appear on the ports of the switches are entered by themselves. <Link to="/">The start page</Link> shows them as they come.</p>
        </Empty>
      )}
    </div>
  )
}
