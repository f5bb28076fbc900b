import { getRouteApi, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useReadNow } from '@/api/read'
import { Page } from '@/ui'
import { localPath } from './localPath'
import { SignInForm } from './SignInForm'
import style from './SignIn.module.css'

const route = getRouteApi('/sign-in')

/** Where somebody signs in, before anything else is shown. */
export function SignInPage() {
  const { to } = route.useSearch()
  const router = useRouter()
  const back = localPath(to)
  const ways = useReadNow('/session/ways', {})
  const needless = ways.data?.accounts === false
  useEffect(() => {
    if (needless) router.history.replace(back)
  }, [needless, router, back])
  return (
    <main className={style.page}>
      <Page title="Sign in" heading={<>Sign in to clusto</>}>
        <SignInForm back={back} onDone={() => router.history.replace(back)} />
      </Page>
    </main>
  )
}
