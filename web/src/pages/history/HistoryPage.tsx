import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import { Button, Empty, ErrorNote, Page, Waiting } from '@/ui'
import { FilterField } from './FilterField'
import { LogList } from './LogList'
import type { LogSearch } from './search'
import { useLog } from './useLog'
import style from './history.module.css'

const route = getRouteApi('/history/')

const fields: { name: keyof LogSearch; label: string; placeholder: string }[] = [
  { name: 'grep', label: 'Text in the reason', placeholder: 'rack 12' },
  { name: 'about', label: 'Thing', placeholder: 'web1, also a deleted one' },
  { name: 'user', label: 'Person', placeholder: 'ann' },
  { name: 'since', label: 'Since', placeholder: 'yesterday, 2 days ago' },
  { name: 'until', label: 'Until', placeholder: '2026-11-20 14:00' },
]

/** What was changed, by whom, when and why. */
export function HistoryPage() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/history/' })
  const log = useLog(search)
  const set = (name: keyof LogSearch, value: string | undefined) => void navigate({ search: before => ({ ...before, [name]: value }) })
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = log
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  const filtered = fields.some(field => search[field.name])
  return (
    <Page
      title="History"
      about="Every change, the newest first. j and k go from one to the next, Enter opens it."
      fill
      actions={
        <>
          <Link to="/history/compare" className={style.action!}>Compare two times</Link>
          <Link to="/history/deleted" className={style.action!}>What was deleted</Link>
        </>
      }
    >
      <div className={style.filters} role="search">
        {fields.map(({ name, label, placeholder }) => (
          <FilterField key={name} label={label} placeholder={placeholder} value={search[name]} onCommit={value => set(name, value)} />
        ))}
        {filtered && <Button onPress={() => void navigate({ search: ({ at }: { at?: string }) => (at ? { at } : {}) })}>Show all</Button>}
      </div>
      {log.error && <ErrorNote error={log.error} />}
      {log.isPending && !log.error && <Waiting />}
      {log.isSuccess && log.entries.length === 0 && <Empty title={filtered ? 'No version is like that.' : 'Nothing was ever changed.'} />}
      {log.entries.length > 0 && <LogList entries={log.entries} onEnd={more} onUser={user => set('user', user)} />}
    </Page>
  )
}
