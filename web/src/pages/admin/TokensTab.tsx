import { useState } from 'react'
import { api, type Schemas } from '@/api/client'
import { useReadNow } from '@/api/read'
import { useSession } from '@/api/session'
import { useNow } from '@/pages/start/visible'
import { Badge, Button, Dialog, ErrorNote, Field, Panel, Select, formatTime, toast } from '@/ui'
import { Accounts, useAccountChange } from './Accounts'
import { Confirm } from './Confirm'
import { List } from './List'
import { useShown } from './AdminPage'
import style from './Admin.module.css'

type Token = Schemas['Token']

const day = 24 * 3600 * 1000
const lives = [{ id: '30', text: '30 days' }, { id: '90', text: '90 days' }, { id: '365', text: 'A year' }, { id: '', text: 'Until it is revoked' }]

/** The tokens of a user: what programs sign in with. */
export function TokensTab() {
  const session = useSession()
  const [shown, show] = useShown()
  const me = session.data?.user ?? ''
  const users = useReadNow('/users', {})
  const others = users.data?.users.map(user => user.name) ?? []
  const user = shown ?? (me || others[0] || '')
  const tokens = useReadNow('/tokens', user && user !== me ? { query: { user } } : {}, { enabled: user !== '' })
  const now = useNow()
  const [making, setMaking] = useState(false)
  const [revoked, setRevoked] = useState<Token>()
  const revoke = useAccountChange(async (token: Token) => api.DELETE('/tokens/{name}', { params: { path: { name: token.name }, query: { user: token.user } } }), () => setRevoked(undefined))
  const names = [...new Set([...(me ? [me] : []), ...others, ...(user ? [user] : [])])]
  if (user === '') {
    return <Accounts what="tokens" answer={users}><Panel title="Tokens"><p className="quiet">Tokens belong to users, and there are none yet.</p></Panel></Accounts>
  }
  return (
    <Accounts what="the tokens of others" answer={tokens}>
      {names.length > 1 && <div className={style.two}><Select label="Tokens of" value={user} onChange={name => show(name)} choices={names.map(name => ({ id: name, text: name === me ? `${name} (you)` : name }))} /></div>}
      <List
        label="Tokens"
        rows={tokens.data?.tokens ?? []}
        rowKey={token => token.name}
        textsOf={token => [token.name, ...(token.grants ?? [])]}
        empty="There are no tokens yet."
        actions={<Button look="primary" onPress={() => setMaking(true)}>Make a token</Button>}
        columns={[
          { head: 'For', cell: token => <strong className="name">{token.name}</strong> },
          { head: 'State', cell: token => <State token={token} now={now} /> },
          { head: 'Limited to', cell: token => token.grants?.length ? token.grants.map(grant => <code key={grant} className="name">{grant} </code>) : <span className="quiet">all that {token.user} may</span> },
          { head: 'Made', cell: token => token.created && formatTime(token.created) },
          { head: 'Last used', cell: token => (token.last_used ? formatTime(token.last_used) : <span className="quiet">never</span>) },
          { head: '', cell: token => !token.revoked && <Button small look="plain" onPress={() => setRevoked(token)} aria-label={`Revoke ${token.name}`}>Revoke</Button> },
        ]}
      />
      {making && <TokenDialog user={user} onClose={() => setMaking(false)} />}
      <Confirm title={`Revoke ${revoked?.name}?`} verb="Revoke" open={revoked !== undefined} change={revoke} onConfirm={() => revoked && revoke.mutate(revoked)} onClose={() => setRevoked(undefined)}>
        Programs that use it are refused at once. It cannot be taken back; a new token can be made.
      </Confirm>
    </Accounts>
  )
}

function State({ token, now }: { token: Token; now: Date }) {
  if (token.revoked) return <Badge tone="bad">revoked {formatTime(token.revoked)}</Badge>
  if (!token.expires) return <Badge tone="good">valid</Badge>
  const over = new Date(token.expires) < now
  return <Badge tone={over ? 'bad' : 'good'}>{over ? 'expired' : 'until'} {new Date(token.expires).toLocaleDateString('en-GB', { dateStyle: 'medium' })}</Badge>
}

/** Makes a token, and shows its secret this once. */
function TokenDialog({ user, onClose }: { user: string; onClose: () => void }) {
  const [name, setName] = useState('')
  const [life, setLife] = useState('90')
  const [grants, setGrants] = useState('')
  const make = useAccountChange(async () => {
    const { data } = await api.POST('/tokens', { body: {
      name: name.trim(), user,
      ...(life ? { expires: new Date(Date.now() + Number(life) * day).toISOString() } : {}),
      ...(grants.trim() ? { grants: grants.split(',').map(grant => grant.trim()).filter(Boolean) } : {}),
    } })
    return data!
  })
  const secret = make.data?.secret
  return (
    <Dialog
      title={secret ? 'The token is made' : 'Make a token'}
      open
      onClose={onClose}
      actions={secret
        ? <Button look="primary" onPress={onClose}>I have kept it</Button>
        : <><Button onPress={onClose}>Cancel</Button><Button look="primary" isDisabled={!name.trim() || make.isPending} onPress={() => make.mutate(undefined)}>Make</Button></>}
    >
      {secret ? (
        <>
          <p className={style.warning}><strong>It is shown this once.</strong> Keep it where secrets are kept: whoever has it may do what {user} may.</p>
          <div className={style.secret}>
            <code>{secret}</code>
            <Button small onPress={() => void navigator.clipboard.writeText(secret).then(() => toast('The token is in the clipboard.'))}>Copy</Button>
          </div>
        </>
      ) : (
        <>
          <Field label="What it is for" help="Such as laptop, or ansible." value={name} onChange={setName} maxLength={128} />
          <Select label="Valid for" value={life} onChange={setLife} choices={lives} />
          <Field label="Limited to (optional)" mono placeholder="read, write attr/* in web" help={`Permissions with commas between them; it may never do more than ${user} may.`} value={grants} onChange={setGrants} />
          {make.isError && <ErrorNote error={make.error} />}
        </>
      )}
    </Dialog>
  )
}
