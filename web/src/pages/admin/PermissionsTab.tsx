import { useState } from 'react'
import { api, type Schemas } from '@/api/client'
import { useReadNow } from '@/api/read'
import { Badge, Button, Dialog, ErrorNote, Field, Select, toast } from '@/ui'
import { Accounts, useAccountChange } from './Accounts'
import { Confirm } from './Confirm'
import { List } from './List'
import { grantError, grantText, places, verbs, type Place, type Verb } from './grant'
import style from './Admin.module.css'

type Grant = Schemas['Grant']

/** What users and groups are permitted. */
export function PermissionsTab() {
  const grants = useReadNow('/grants', {})
  const [adding, setAdding] = useState(false)
  const [deleted, setDeleted] = useState<Grant>()
  const remove = useAccountChange(async (id: number) => api.DELETE('/grants/{id}', { params: { path: { id } } }), () => setDeleted(undefined))
  return (
    <Accounts what="who is permitted what" answer={grants}>
      <List
        label="Permissions"
        rows={grants.data?.grants ?? []}
        rowKey={grant => String(grant.id)}
        textsOf={grant => [grant.user, grant.group, grant.grant]}
        empty="Nobody has been given a permission yet."
        actions={<Button look="primary" onPress={() => setAdding(true)}>Give a permission</Button>}
        columns={[
          { head: 'To', cell: grant => <><Badge>{grant.group ? 'group' : 'user'}</Badge> <strong className="name">{grant.group ?? grant.user}</strong></> },
          { head: 'Permission', cell: grant => <code className="name">{grant.grant}</code> },
          { head: '', cell: grant => <Button small look="plain" onPress={() => setDeleted(grant)} aria-label={`Take away ${grant.grant} from ${grant.group ?? grant.user}`}>Take away</Button> },
        ]}
      />
      {adding && <GrantDialog onClose={() => setAdding(false)} />}
      <Confirm title={`Take ${deleted?.grant} away?`} verb="Take away" open={deleted !== undefined} change={remove} onConfirm={() => deleted && remove.mutate(deleted.id)} onClose={() => setDeleted(undefined)}>
        It counts at once, also for those who are signed in.
      </Confirm>
    </Accounts>
  )
}

/** Composes a permission of what may be done and where. */
function GrantDialog({ onClose }: { onClose: () => void }) {
  const users = useReadNow('/users', {})
  const groups = useReadNow('/groups', {})
  const [to, setTo] = useState('')
  const [verb, setVerb] = useState<Verb>('write attr')
  const [what, setWhat] = useState('')
  const [place, setPlace] = useState<Place>('')
  const [name, setName] = useState('')
  const rule = verbs.find(one => one.id === verb)
  const form = { verb, what, place, name }
  const text = grantText(form)
  const error = grantError(form)
  const takers = [
    ...(groups.data?.groups ?? []).map(group => ({ id: `group:${group.name}`, text: `the group ${group.name}` })),
    ...(users.data?.users ?? []).map(user => ({ id: `user:${user.name}`, text: user.name })),
  ]
  const taker = to || takers[0]?.id || ''
  const change = useAccountChange(async () => {
    const [kind, ...rest] = taker.split(':')
    return api.POST('/grants', { body: { grant: text, ...(kind === 'group' ? { group: rest.join(':') } : { user: rest.join(':') }) } })
  }, () => {
    toast('The permission is given.')
    onClose()
  })
  return (
    <Dialog
      title="Give a permission"
      open
      onClose={onClose}
      actions={<><Button onPress={onClose}>Cancel</Button><Button look="primary" isDisabled={!taker || error !== undefined || change.isPending} onPress={() => change.mutate(undefined)}>Give it</Button></>}
    >
      {takers.length === 0 ? <p className="quiet">There are no users and no groups yet.</p> : <Select label="To" value={taker} onChange={setTo} choices={takers} />}
      <Select label="What may be done" value={verb} onChange={id => setVerb(id as Verb)} choices={verbs} />
      <p className="quiet">{rule?.help}</p>
      {rule && 'what' in rule && <Field label={rule.what} mono placeholder="*" help={`Such as ${rule.example}; without it any.`} value={what} onChange={setWhat} />}
      {!(rule && 'everywhere' in rule) && <Select label="Where" value={place} onChange={id => setPlace(id as Place)} choices={places} />}
      {place && !(rule && 'everywhere' in rule) && (
        <Field label="Which" mono placeholder={place === 'of type' ? 'server' : place === 'of driver' ? 'basicserver' : 'sv3-001'} value={name} onChange={setName} error={name ? error : undefined} />
      )}
      <p className={style.preview}>The permission is: <code className="name">{text}</code></p>
      {change.isError && <ErrorNote error={change.error} />}
    </Dialog>
  )
}
