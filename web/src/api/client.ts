import createClient from 'openapi-fetch'
import type { components, paths } from './schema_gen'
import { problemOf, unreachable } from './problem'

export type Schemas = components['schemas']

/** Where the API is: on the server that the pages come from. */
export const apiRoot = '/api/v1'

// A session's secret, which requests that change something repeat; set by
// whoever asks for the session.
let csrfToken = ''

export function setCsrfToken(token: string | undefined): void {
  csrfToken = token ?? ''
}

// The parameters that are one list, with commas; of the others each value stands alone.
const lists = new Set(['fields', 'expand'])

function encodeQuery(query: Record<string, unknown>): string {
  const encoded = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null) continue
    if (!Array.isArray(value)) encoded.append(name, String(value as string | number | boolean))
    else if (lists.has(name)) encoded.append(name, value.join(','))
    else for (const item of value) encoded.append(name, String(item as string | number))
  }
  return encoded.toString()
}

/** The API, by the paths and types of api/openapi.yaml. Whatever is not a success is thrown as a Problem. */
export const api = createClient<paths>({ baseUrl: apiRoot, querySerializer: encodeQuery })

api.use({
  onRequest({ request }) {
    if (request.method !== 'GET' && csrfToken) request.headers.set('X-CSRF-Token', csrfToken)
    return request
  },
  async onResponse({ response }) {
    if (!response.ok && response.status !== 304) throw await problemOf(response)
    return response
  },
  onError({ error }) {
    return error instanceof Error && error.name === 'AbortError' ? error : unreachable(error)
  },
})
