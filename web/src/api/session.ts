import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, setCsrfToken } from './client'

/** How the session is asked for: who is signed in, and what they may do. */
export const session = queryOptions({
  queryKey: ['session'],
  queryFn: async () => {
    const { data } = await api.GET('/session')
    setCsrfToken(data?.csrf_token)
    return data!
  },
  staleTime: Infinity,
})

/** Returns who is signed in; undefined until that is known, and for who is not. */
export function useSession() {
  return useQuery(session)
}
