import { useState } from 'react'
import { api, type Schemas } from '@/api/client'
import { useReadNow } from '@/api/read'
import { Badge, Button, Dialog, ErrorNote, Field, toast } from '@/ui'
import { Accounts, useAccountChange } from './Accounts'
import { Confirm } from './Confirm'
import { List } from './List'
import style from './Admin.module.css'

type Group = Schemas['Group']

/** The groups, to which permissions are given at once. */
export function GroupsTab() {
  const groups = useReadNow('/groups', {})
  const [edited, setEdited] = useState<Group>()
  const [deleted, setDeleted] = useState<Group>()
  const remove = useAccountChange(async (name: string) => api.DELETE('/groups/{name}', { params: { path: { name } } }), () => setDeleted(undefined))
  return (
    <Accounts what="which groups there are" answer={groups}>
      <List
        label="Groups"
        rows={groups.data?.groups ?? []}
        rowKey={group => group.name}
        textsOf={group => [group.name, ...group.members]}
        empty="There are no groups yet."
        actions={<Button look="primary" onPress={() => setEdited({ name: '', members: [] })}>Make a group</Button>}
        columns={[
          { head: 'Name', cell: group => <strong className="name">{group.name}</strong> },
          { head: 'Members', cell: group => <span className={style.chips}>{group.members.map(member => <Badge key={member}><span className="name">{member}</span></Badge>)}</span> },
          { head: '', cell: group => (
            <>
              <Button small look="plain" onPress={() => setEdited(group)} aria-label={`Edit ${group.name}`}>Edit</Button>
              <Button small look="plain" onPress={() => setDeleted(group)} aria-label={`Delete ${group.name}`}>Delete</Button>
            </>
          ) },
        ]}
      />
      {edited && <GroupDialog key={edited.name} group={edited} onClose={() => setEdited(undefined)} />}
      <Confirm title={`Delete the group ${deleted?.name}?`} verb="Delete" open={deleted !== undefined} change={remove} onConfirm={() => deleted && remove.mutate(deleted.name)} onClose={() => setDeleted(undefined)}>
        Its permissions go with it; its members stay.
      </Confirm>
    </Accounts>
  )
}

function GroupDialog({ group, onClose }: { group: Group; onClose: () => void }) {
  const [name, setName] = useState(group.name)
  const [members, setMembers] = useState(group.members.join(', '))
  const change = useAccountChange(
    async () => api.PUT('/groups/{name}', { params: { path: { name: name.trim() } }, body: { members: members.split(/[\s,]+/).filter(Boolean) } }),
    () => {
      toast(`${name.trim()} is saved.`)
      onClose()
    },
  )
  return (
    <Dialog
      title={group.name ? <>Group <span className="name">{group.name}</span></> : 'Make a group'}
      open
      onClose={onClose}
      actions={<><Button onPress={onClose}>Cancel</Button><Button look="primary" isDisabled={!name.trim() || change.isPending} onPress={() => change.mutate(undefined)}>Save</Button></>}
    >
      {!group.name && <Field label="Name" value={name} onChange={setName} maxLength={64} />}
      <Field label="Members" help="Names of users, with commas between them." value={members} onChange={setMembers} />
      {change.isError && <ErrorNote error={change.error} />}
    </Dialog>
  )
}
