import { CircleUser } from 'lucide-react'
import { useState } from 'react'
import { Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover, Separator } from 'react-aria-components'
import { apiRoot } from '@/api/client'
import { useSession, useSetPassword } from '@/api/session'
import { Button, Dialog, ErrorNote, Field, toast } from '@/ui'
import type { Theme } from './theme'
import style from './UserMenu.module.css'

const themes: { id: Theme; text: string }[] = [
  { id: 'system', text: 'As the system' },
  { id: 'light', text: 'Light' },
  { id: 'dark', text: 'Dark' },
]

/** Who is signed in, and what concerns only them. */
export function UserMenu({ theme, onTheme, onKeys, onSignOut }: { theme: Theme; onTheme: (theme: Theme) => void; onKeys: () => void; onSignOut: () => void }) {
  const session = useSession()
  const [password, setPassword] = useState(false)
  const who = session.data
  const mayLeave = who?.accounts && who.how === 'session'
  const act = (id: string) => {
    if (id === 'keys') onKeys()
    else if (id === 'password') setPassword(true)
    else if (id === 'out') onSignOut()
  }
  return (
    <>
      <MenuTrigger>
        <Button look="plain" aria-label={who?.user ? `You: ${who.user}` : 'You'}><CircleUser /> <span className={`name ${style.name}`}>{who?.user}</span></Button>
        <Popover className={style.popover!} placement="bottom end">
          <div className={style.who}>
            <strong className="name">{who?.user || 'Everybody'}</strong>
            <p className="quiet">{who?.accounts ? (who.groups.length > 0 ? <>in <span className="name">{who.groups.join(', ')}</span></> : 'in no group') : 'Nobody need sign in to this server.'}</p>
          </div>
          <Menu className={style.menu!} aria-label="You" onAction={key => act(String(key))}>
            <MenuSection selectionMode="single" disallowEmptySelection selectedKeys={[theme]} onSelectionChange={keys => onTheme([...keys][0] as Theme)}>
              <Header className={style.header!}>Theme</Header>
              {themes.map(({ id, text }) => <MenuItem key={id} id={id} className={style.item!}>{text}</MenuItem>)}
            </MenuSection>
            <Separator className={style.line!} />
            <MenuItem id="keys" className={style.item!}>Keys <kbd>?</kbd></MenuItem>
            <MenuItem id="docs" href={`${apiRoot}/docs/`} target="_blank" className={style.item!}>The HTTP API</MenuItem>
            {mayLeave && <MenuItem id="password" className={style.item!}>Change the password</MenuItem>}
            {mayLeave && <MenuItem id="out" className={style.item!}>Sign out</MenuItem>}
          </Menu>
        </Popover>
      </MenuTrigger>
      {password && who && <PasswordDialog user={who.user} onClose={() => setPassword(false)} />}
    </>
  )
}

function PasswordDialog({ user, onClose }: { user: string; onClose: () => void }) {
  const [old, setOld] = useState('')
  const [wanted, setWanted] = useState('')
  const [again, setAgain] = useState('')
  const change = useSetPassword()
  const differ = again !== '' && again !== wanted
  const ready = old !== '' && wanted !== '' && again === wanted && !change.isPending
  const set = () =>
    change.mutate({ user, password: wanted, old_password: old }, {
      onSuccess: () => {
        toast('The password is changed.')
        onClose()
      },
    })
  return (
    <Dialog title="Change the password" open onClose={onClose} actions={<><Button onPress={onClose}>Cancel</Button><Button look="primary" isDisabled={!ready} onPress={set}>Change</Button></>}>
      <Field label="The password now" type="password" value={old} onChange={setOld} autoComplete="current-password" autoFocus />
      <Field label="The new password" type="password" value={wanted} onChange={setWanted} autoComplete="new-password" maxLength={1024} />
      <Field label="Again" type="password" value={again} onChange={setAgain} autoComplete="new-password" error={differ ? 'It is not the same.' : undefined} onKeyDown={e => e.key === 'Enter' && ready && set()} />
      {change.isError && <ErrorNote error={change.error} />}
    </Dialog>
  )
}
