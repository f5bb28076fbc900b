import { useState } from 'react'
import { api, type Schemas } from '@/api/client'
import { useReadNow } from '@/api/read'
import { Badge, Button, Dialog, ErrorNote, Field, Select, formatTime, toast } from '@/ui'
import { Accounts, useAccountChange } from './Accounts'
import { Confirm } from './Confirm'
import { List } from './List'
import style from './Admin.module.css'

type User = Schemas['User']

/** The users: who they are, and which groups they are in. */
export function UsersTab() {
  const users = useReadNow('/users', {})
  const [edited, setEdited] = useState<User | 'new'>()
  const [deleted, setDeleted] = useState<User>()
  const remove = useAccountChange(async (name: string) => api.DELETE('/users/{name}', { params: { path: { name } } }), () => setDeleted(undefined))
  return (
    <Accounts what="who the users are" answer={users}>
      <List
        label="Users"
        rows={users.data?.users ?? []}
        rowKey={user => user.name}
        textsOf={user => [user.name, user.full_name, user.email, ...user.groups]}
        empty="There are no users yet."
        actions={<Button look="primary" onPress={() => setEdited('new')}>Make a user</Button>}
        columns={[
          { head: 'Name', cell: user => <><strong className="name">{user.name}</strong> {user.disabled && <Badge tone="bad">disabled</Badge>}</> },
          { head: 'Full name', cell: user => <span className="name">{user.full_name}</span> },
          { head: 'E-mail', cell: user => <span className="name">{user.email}</span> },
          { head: 'Groups', cell: user => <span className={style.chips}>{user.groups.map(group => <Badge key={group}><span className="name">{group}</span></Badge>)}</span> },
          { head: 'Signs in by', cell: user => signsInBy(user) },
          { head: 'Since', cell: user => user.created && formatTime(user.created) },
          { head: '', cell: user => (
            <>
              <Button small look="plain" onPress={() => setEdited(user)} aria-label={`Edit ${user.name}`}>Edit</Button>
              <Button small look="plain" onPress={() => setDeleted(user)} aria-label={`Delete ${user.name}`}>Delete</Button>
            </>
          ) },
        ]}
      />
      {edited && <UserDialog key={edited === 'new' ? '' : edited.name} user={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />}
      <Confirm title={`Delete ${deleted?.name}?`} verb="Delete" open={deleted !== undefined} change={remove} onConfirm={() => deleted && remove.mutate(deleted.name)} onClose={() => setDeleted(undefined)}>
        Their tokens and permissions go with them. What they changed stays in the history under their name. To keep them out for a while, disable them instead.
      </Confirm>
    </Accounts>
  )
}

function signsInBy(user: User): string {
  return [user.password && 'password', user.certificates?.length && 'certificate', user.identities?.length && 'another provider'].filter(Boolean).join(', ') || 'tokens alone'
}

const shortest = 8

/** Makes a user, or changes one. */
function UserDialog({ user, onClose }: { user: User | undefined; onClose: () => void }) {
  const [name, setName] = useState('')
  const [fullName, setFullName] = useState(user?.full_name ?? '')
  const [email, setEmail] = useState(user?.email ?? '')
  const [groups, setGroups] = useState(user?.groups.join(', ') ?? '')
  const [password, setPassword] = useState('')
  const [state, setState] = useState(user?.disabled ? 'disabled' : 'enabled')
  const change = useAccountChange(async () => {
    const more = { full_name: fullName.trim(), email: email.trim(), groups: groups.split(/[\s,]+/).filter(Boolean), ...(password ? { password } : {}) }
    return user
      ? api.PATCH('/users/{name}', { params: { path: { name: user.name } }, body: { ...more, disabled: state === 'disabled' } })
      : api.POST('/users', { body: { name: name.trim(), ...more } })
  }, () => {
    toast(user ? `${user.name} is changed.` : `${name.trim()} is made.`)
    onClose()
  })
  const short = password !== '' && [...password].length < shortest ? `At least ${shortest} characters.` : undefined
  return (
    <Dialog
      title={user ? <>User <span className="name">{user.name}</span></> : 'Make a user'}
      open
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={(!user && !name.trim()) || short !== undefined || change.isPending} onPress={() => change.mutate(undefined)}>{user ? 'Change' : 'Make'}</Button>
        </>
      }
    >
      {!user && <Field label="Name" help="What they sign in with, and what the history calls them." value={name} onChange={setName} maxLength={64} />}
      <Field label="Full name" value={fullName} onChange={setFullName} />
      <Field label="E-mail" type="email" value={email} onChange={setEmail} />
      <Field label="Groups" help="With commas between them." value={groups} onChange={setGroups} />
      <Field
        label={user?.password ? 'New password' : 'Password'}
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={setPassword}
        error={short}
        help={user ? 'Empty: it stays as it is. With a new one, their sessions end.' : 'Empty: they sign in by tokens, certificates or another provider alone.'}
      />
      {user && <Select label="May sign in" value={state} onChange={setState} choices={[{ id: 'enabled', text: 'Yes' }, { id: 'disabled', text: 'No, they are disabled' }]} />}
      {change.isError && <ErrorNote error={change.error} />}
    </Dialog>
  )
}
