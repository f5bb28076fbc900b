import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '@/api/client'
import { isProblem } from '@/api/problem'
import { Badge, Button, ErrorNote, Field, Panel, Thing, Waiting } from '@/ui'
import { NotForYou } from '@/ui/NotForYou'
import style from './Admin.module.css'

interface Question {
  user: string
  action: string
  entity: string
}

const examples = ['power', 'read attr/system.serial', 'write attr/dhcp.enabled', 'write contents', 'write entity', 'allocate', 'admin']

/** Says whether somebody may do something to something, and why. */
export function MayTab() {
  const [user, setUser] = useState('')
  const [action, setAction] = useState('')
  const [entity, setEntity] = useState('')
  const [asked, ask] = useState<Question>()
  const verdict = useQuery({
    queryKey: ['/can', asked],
    enabled: asked !== undefined,
    queryFn: async ({ signal }) => {
      const { user, action, entity } = asked!
      const { data } = await api.GET('/can', { params: { query: { action, ...(user ? { user } : {}), ...(entity ? { entity } : {}) } }, signal })
      return data!
    },
  })
  const found = verdict.data
  // Administering and scripts are of no thing; all else is done to one.
  const error = !action.trim() ? 'Say what.' : !entity.trim() && !/^(admin|script)$/.test(action.trim()) ? 'Say to what.' : undefined
  return (
    <Panel title="May they do it, and why?">
      <form
        className={style.form}
        onSubmit={event => {
          event.preventDefault()
          if (!error) ask({ user: user.trim(), action: action.trim(), entity: entity.trim() })
        }}
      >
        <div className={style.two}>
          <Field label="Who" placeholder="you" value={user} onChange={setUser} />
          <Field label="What" mono placeholder="power" value={action} onChange={setAction} isRequired />
          <Field label="To what" placeholder="sv3-001" value={entity} onChange={setEntity} help="The name of a thing; for admin and script none." />
        </div>
        <p className={style.chips}>
          <span className="quiet">Such as</span>
          {examples.map(example => <Button key={example} small onPress={() => setAction(example)}><span className="mono">{example}</span></Button>)}
        </p>
        <div><Button look="primary" type="submit" isDisabled={error !== undefined}>Ask</Button></div>
      </form>
      {asked && verdict.isPending && <Waiting />}
      {isProblem(verdict.error, 'permission-denied') ? <NotForYou what="what others may do" /> : verdict.isError && <ErrorNote error={verdict.error} />}
      {found && (
        <div className={style.verdict} role="status">
          <p>
            <Badge tone={found.allowed ? 'good' : 'bad'}>{found.allowed ? 'yes' : 'no'}</Badge>{' '}
            <strong className="name">{found.user || 'Whoever asks'}</strong> {found.allowed ? 'may' : 'may not'} <code className="name">{found.action}</code>{found.entity && <> on <Thing name={found.entity} /></>}
          </p>
          <p className="name">{found.reason}</p>
          {found.grant && <p>{found.allowed ? 'By' : 'This would allow it:'} <code className="name">{found.grant}</code>{found.group && <>, of the group <strong className="name">{found.group}</strong></>}</p>}
        </div>
      )}
    </Panel>
  )
}
