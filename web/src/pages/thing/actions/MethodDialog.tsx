import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { tryOut, useCommit, type Changed, type Condition, type Operation } from '@/api/change'
import type { Schemas } from '@/api/client'
import { isProblem } from '@/api/problem'
import { Button, Dialog, Diff, ErrorNote, Field, Select, ThingPicker, formatValue, toast } from '@/ui'
import style from '../thing.module.css'
import { unchanged, type ThingData } from '../useThing'
import { argumentKinds, firstArgument, namedArguments, type Argument, type ArgumentKind } from './arguments'
import { Result } from './Result'

/** Calls a method: asks for its arguments, shows what it would do, and does it. What changes nothing is done with the first look. */
export function MethodDialog({ thing, method, onClose }: { thing: ThingData; method: Schemas['Method']; onClose: () => void }) {
  const params = method.params ?? []
  const [given, setGiven] = useState<Record<string, Argument>>({})
  const [done, setDone] = useState<Changed>()
  const { named, missing } = namedArguments(params, given)
  const operations: Operation[] = [{ call: { entity: thing.name, method: method.name, ...(params.length > 0 ? { named } : {}) } }]
  // What it would do was shown for the thing as it was then.
  const [ifMatch, setIfMatch] = useState<Condition[]>([])
  const trial = useMutation({ mutationFn: (conditions: Condition[]) => tryOut(operations, undefined, conditions) })
  const call = useCommit()
  const set = (name: string, argument: Argument) => {
    setGiven({ ...given, [name]: argument })
    trial.reset()
  }
  const look = () => {
    call.reset()
    setIfMatch(unchanged(thing))
    trial.mutate(unchanged(thing))
  }
  const changes = trial.data?.diff.entities ?? []
  // What acts on the real thing cannot be tried.
  const untried = isProblem(trial.error, 'not-supported')
  const run = () =>
    call.mutate({ operations, ifMatch, description: `${method.name} of ${thing.name}` }, {
      onSuccess: changed => {
        setDone(changed)
        if (changed.version) toast(`Version ${changed.version} is made.`, changed.version)
      },
      // It has to be looked at again.
      onError: err => isProblem(err, 'conflict') && trial.reset(),
    })
  const shown = done ?? trial.data
  return (
    <Dialog
      title={<><span className="mono">{method.name}</span> of <span className="name">{thing.name}</span></>}
      open onClose={onClose} wide
      actions={
        <>
          <Button onPress={onClose}>{done ? 'Close' : 'Cancel'}</Button>
          {!done && !untried && changes.length === 0 && <Button look="primary" isDisabled={missing.length > 0 || trial.isPending} onPress={look}>{trial.isSuccess ? 'Ask again' : 'Preview'}</Button>}
          {!done && (changes.length > 0 || untried) && <Button look={untried ? 'danger' : 'primary'} isDisabled={call.isPending} onPress={run}>Do it</Button>}
        </>
      }
    >
      {method.doc && <p>{method.doc}</p>}
      {!done && params.map(param => (
        <ArgumentField key={param.name} param={param} argument={given[param.name] ?? firstArgument(param)} onChange={argument => set(param.name, argument)} />
      ))}
      {trial.isError && !untried && <ErrorNote error={trial.error} />}
      {untried && !done && <p className={style.note}>What this does is outside of the inventory: it cannot be tried, and cannot be undone.</p>}
      {call.isError && <ErrorNote error={call.error} />}
      {shown && (
        <>
          {shown.results[0] && <Result result={shown.results[0]} />}
          {(shown.diff.entities.length > 0 || done) && <p className="quiet">{done ? 'It has changed:' : 'It would change:'}</p>}
          {(shown.diff.entities.length > 0 || done) && <Diff entities={shown.diff.entities} />}
        </>
      )}
    </Dialog>
  )
}

function ArgumentField({ param, argument, onChange }: { param: Schemas['Param']; argument: Argument; onChange: (argument: Argument) => void }) {
  const label = param.optional ? `${param.name} (optional)` : param.name
  const help = param.default === undefined ? {} : { help: `Without it ${formatValue(param.default)}.` }
  const change = (text: string) => onChange({ ...argument, text })
  return (
    <div className={style.withKind}>
      {argument.kind === 'thing'
        ? <ThingPicker label={label} value={argument.text} onChange={change} {...help} />
        : <Field label={label} mono value={argument.text} onChange={change} {...help} />}
      <Select label="Taken for a" choices={argumentKinds} value={argument.kind} onChange={kind => onChange({ ...argument, kind: kind as ArgumentKind })} />
    </div>
  )
}
