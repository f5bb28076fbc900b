import { Navigate, useRouterState } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { isProblem } from '@/api/problem'
import { useSession } from '@/api/session'
import { noteSignedIn, useSignedOut } from '@/api/signedout'
import { SignInForm } from '@/pages/signin/SignInForm'
import { Button, Dialog, ErrorNote, Page, Waiting } from '@/ui'

/** Shows pages to who is known to the server, and sends others to sign in. Who is forgotten meanwhile signs in over the page, and loses nothing. */
export function Gate({ children }: { children: ReactNode }) {
  const session = useSession()
  const signedOut = useSignedOut()
  const here = useRouterState({ select: state => state.location.href })
  if (session.isPending) return <Waiting what="Asking who you are" />
  if (session.data === undefined) {
    if (isProblem(session.error, 'not-signed-in')) return <Navigate to="/sign-in" search={{ to: here }} replace />
    return (
      <main>
        <Page title="clusto cannot be asked">
          <ErrorNote error={session.error} />
          <p><Button onPress={() => void session.refetch()}>Try again</Button></p>
        </Page>
      </main>
    )
  }
  return (
    <>
      {children}
      <Dialog title="Sign in again" open={signedOut} onClose={noteSignedIn}>
        <p className="quiet">Your session is over. What you have begun is still here.</p>
        <SignInForm back={here} onDone={() => undefined} />
      </Dialog>
    </>
  )
}
