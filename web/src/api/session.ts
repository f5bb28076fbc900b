import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, setCsrfToken } from './client'
import { noteBeginning } from './live'
import { noteSignedIn } from './signedout'

/** How the session is asked for: who is signed in, and what they may do. */
export const session = queryOptions({
  queryKey: ['session'],
  queryFn: async () => {
    const [{ data }] = await Promise.all([api.GET('/session'), noteBeginning()])
    setCsrfToken(data?.csrf_token)
    return data!
  },
  staleTime: Infinity,
})

/** Returns who is signed in; undefined until that is known, and for who is not. */
export function useSession() {
  return useQuery(session)
}

/** Signs in with a password; what is shown is asked for again, as who has signed in may see it. */
export function useSignIn() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async (who: { user: string; password: string }) => (await api.POST('/session', { body: who })).data!,
    onSuccess: async made => {
      setCsrfToken(made.csrf_token)
      queries.setQueryData(session.queryKey, made)
      noteSignedIn()
      await queries.invalidateQueries({ predicate: query => query.queryKey[0] !== 'session' })
    },
  })
}

/** Signs out; nothing that was shown is kept. */
export function useSignOut() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => api.DELETE('/session'),
    onSuccess: () => {
      setCsrfToken(undefined)
      queries.clear()
    },
  })
}

/** Gives who is signed in another password. */
export function useSetPassword() {
  return useMutation({
    mutationFn: ({ user, ...passwords }: { user: string; password: string; old_password: string }) =>
      api.PATCH('/users/{name}', { params: { path: { name: user } }, body: passwords }),
  })
}
