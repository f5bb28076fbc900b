import { useState } from 'react'
import { useSignIn } from '@/api/session'
import { useReadNow } from '@/api/read'
import { Button, ErrorNote, Field } from '@/ui'
import style from './SignIn.module.css'

/** Asks for a name and a password, or sends to the issuer, which comes back to a path of these pages. */
export function SignInForm({ back, onDone }: { back: string; onDone: () => void }) {
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const ways = useReadNow('/session/ways', {})
  const signIn = useSignIn()
  const go = () => signIn.mutate({ user, password }, { onSuccess: onDone, onError: () => setPassword('') })
  return (
    <div className={style.ways}>
      {ways.data?.issuer && (
        <>
          <a className={style.issuer} href={`${ways.data.issuer}?to=${encodeURIComponent(back)}`}>Sign in with single sign-on</a>
          <p className={style.or}>or with a password</p>
        </>
      )}
      <form className={style.form} onSubmit={e => { e.preventDefault(); go() }}>
        <Field label="User" value={user} onChange={setUser} autoComplete="username" autoFocus isRequired maxLength={64} spellCheck="false" />
        <Field label="Password" type="password" value={password} onChange={setPassword} autoComplete="current-password" isRequired maxLength={1024} />
        {signIn.isError && <ErrorNote error={signIn.error} />}
        <Button type="submit" look="primary" isDisabled={user === '' || password === '' || signIn.isPending}>Sign in</Button>
      </form>
    </div>
  )
}
