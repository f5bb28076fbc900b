import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { api, apiRoot, type Schemas } from './client'
import { isPast } from './past'

type LogEntry = Schemas['LogEntry']

/** How many of the newest versions are kept for those who show them. */
const kept = 200

/** How long is waited before a stream that the server has refused is opened again, in ms. */
const reopen = 5000

/** How long answers may be old while many changes come one after the other, in ms. */
const patience = 250

/** What is known of the server's stream of changes. */
export interface Live {
  /** Whether changes are heard of as they happen. */
  connected: boolean
  /** Those that came since the page was opened, the newest first. */
  changes: readonly LogEntry[]
}

class Stream {
  private state: Live = { connected: false, changes: [] }
  private readonly listeners = new Set<() => void>()
  private timer?: ReturnType<typeof setTimeout>
  private source?: EventSource
  private again?: ReturnType<typeof setTimeout>
  private queries?: QueryClient
  /** The version that nothing that is shown is older than; undefined if that is not known. */
  private known?: number

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  snapshot = (): Live => this.state

  get begun(): boolean {
    return this.source !== undefined
  }

  beginAt(version: number | undefined): void {
    if (!this.begun) this.known = version
  }

  open(queries: QueryClient): () => void {
    this.queries = queries
    this.connect()
    return () => {
      this.queries = undefined
      this.source?.close()
      clearTimeout(this.again)
      clearTimeout(this.timer)
      this.timer = undefined
      this.set({ ...this.state, connected: false })
    }
  }

  connect = (): void => {
    const queries = this.queries
    if (!queries) return
    clearTimeout(this.again)
    this.source?.close()
    let complete = this.known !== undefined
    const source = new EventSource(`${apiRoot}/changes${complete ? `?since=${this.known}` : ''}`)
    this.known = undefined
    source.addEventListener('open', () => {
      // What changed while nothing was heard is asked for again, but the server tells what did since the page began.
      if (!this.state.connected && !complete) this.refresh(queries)
      complete = false
      this.set({ ...this.state, connected: true })
    })
    source.addEventListener('error', () => {
      this.set({ ...this.state, connected: false })
      // The browser itself comes back only to a server that could not be reached.
      if (source.readyState === EventSource.CLOSED) this.again = setTimeout(this.connect, reopen)
    })
    source.addEventListener('version', event => {
      const entry = JSON.parse((event as MessageEvent<string>).data) as LogEntry
      this.set({ ...this.state, changes: [entry, ...this.state.changes].slice(0, kept) })
      this.refresh(queries)
    })
    this.source = source
  }

  private refresh(queries: QueryClient): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      void queries.invalidateQueries({ predicate: query => !isPast(query.queryKey) })
    }, patience)
  }

  private set(state: Live): void {
    this.state = state
    for (const listener of this.listeners) listener()
  }
}

const stream = new Stream()

/** Notes the newest version, before anything is asked for that may be shown: what changes after it is heard of. */
export async function noteBeginning(): Promise<void> {
  if (stream.begun) return
  const version = await api.GET('/entities', { params: { query: { limit: 1, fields: ['name'] } } }).then(({ data }) => data?.version, () => undefined)
  stream.beginAt(version)
}

/** Follows the changes for as long as the component is shown; the frame does. */
export function useFollow(enabled: boolean): void {
  const queries = useQueryClient()
  useEffect(() => (enabled ? stream.open(queries) : undefined), [queries, enabled])
}

/** Returns what was heard of changes. */
export function useLive(): Live {
  return useSyncExternalStore(stream.subscribe, stream.snapshot)
}

/** Asks for the changes again at once, when they are not heard. */
export function reconnect(): void {
  stream.connect()
}
