import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { isProblem } from '@/api/problem'
import { useSession } from '@/api/session'
import { ErrorNote, Panel, Waiting } from '@/ui'
import { NotForYou } from '@/ui/NotForYou'
import style from './Admin.module.css'

/** What of accounts is shown: instead of it that one may not see it, or what went wrong; above it how accounts are switched on. */
export function Accounts({ what, answer, children }: { what: string; answer: { isPending: boolean; error: unknown }; children: ReactNode }) {
  const session = useSession()
  return (
    <div className={style.stack}>
      {session.data?.accounts === false && <AccountsOff />}
      {isProblem(answer.error, 'permission-denied')
        ? <Panel title="Not for everybody"><NotForYou what={what} /></Panel>
        : isProblem(answer.error, 'not-supported') ? <Panel title="No accounts"><p className="quiet">{answer.error.message}.</p></Panel>
          : answer.error ? <ErrorNote error={answer.error} />
            : answer.isPending ? <Waiting /> : children}
    </div>
  )
}

function AccountsOff() {
  return (
    <Panel title="Accounts are off">
      <div className={style.stack}>
        <p>Nobody signs in: whoever reaches this server may do everything, and the history does not say who it was. To switch accounts on:</p>
        <ol className={style.numbered}>
          <li>Make a user for yourself below, with a password, and give it the permission <code>admin</code>; or at a terminal: <code>clusto user create NAME</code> and <code>clusto grant add admin --to user:NAME</code></li>
          <li>Write into clusto.conf: <pre className={style.conf} aria-label="Lines for clusto.conf">{'[http]\naccounts = on'}</pre></li>
          <li>Start <code>clusto serve</code> again.</li>
        </ol>
      </div>
    </Panel>
  )
}

/** Returns what changes accounts; what is shown of them is asked for again afterwards. */
export function useAccountChange<T, R>(change: (what: T) => Promise<R>, done?: (result: R) => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: async result => {
      await queries.invalidateQueries({ predicate: ({ queryKey }) => typeof queryKey[0] === 'string' && /^\/(users|groups|grants|tokens|can)/.test(queryKey[0]) })
      done?.(result)
    },
  })
}
