import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '@/api/client'
import { useMayChange } from '@/api/may'
import { useAt } from '@/time/at'
import { Button, ErrorNote, Page } from '@/ui'
import { FilterField } from './FilterField'
import { Reading } from './Reading'
import type { CompareSearch } from './search'
import { UndoDialog, type Undo } from './UndoDialog'
import style from './history.module.css'

const route = getRouteApi('/history/compare')

const moments = ['1 hour ago', 'yesterday', '7 days ago', '1 month ago']

/** The difference between two versions or times, of all, of one thing, or of what is in a container. */
export function ComparePage() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/history/compare' })
  const at = useAt()
  const mayChange = useMayChange()
  const [undo, setUndo] = useState<Undo>()
  const [error, setError] = useState<unknown>()
  const from = search.from ?? 'yesterday'
  const to = search.to ?? at ?? 'live'
  const set = (change: CompareSearch) => void navigate({ search: before => ({ ...before, ...change }) })
  const { change, type, text } = search
  // Which versions those are is known to the server; all between the two are undone together.
  const revert = async () => {
    setError(undefined)
    try {
      const told = (await api.GET('/diff/words', { params: { query: { from, to, limit: 1 } } })).data!
      const about = search.about ? { about: [search.about] } : {}
      const { data } = await api.GET('/versions', { params: { query: { ...about, after: Math.min(told.from, told.to), at: String(Math.max(told.from, told.to)), limit: 10000 } } })
      if (data!.next) throw new Error('There are more than 10,000 versions in between. Compare a shorter time.')
      if (data!.versions.length === 0) throw new Error('There is no version in between: nothing to revert.')
      setUndo({ revert: data!.versions.map(version => version.version) })
    } catch (err) {
      setError(err)
    }
  }
  return (
    <Page
      title="Compare"
      about="What is different between two times: numbers of versions, or times as people say them."
      fill
      actions={<Button isDisabled={!mayChange || search.within !== undefined} onPress={() => void revert()}>Revert all in between</Button>}
    >
      <div className={style.ends}>
        <div>
          <FilterField label="From" value={from} placeholder="yesterday, 120, 2026-11-20 14:00" onCommit={value => set({ from: value ?? 'yesterday' })} />
          <p className={style.presets}>{moments.map(moment => <Button key={moment} look="plain" small onPress={() => set({ from: moment })}>{moment}</Button>)}</p>
        </div>
        <div>
          <FilterField label="To" value={to} placeholder="live" onCommit={value => set({ to: value ?? 'live' })} />
          <p className={style.presets}>
            <Button look="plain" small onPress={() => set({ to: 'live' })}>now</Button>
            <Button look="plain" small onPress={() => set({ from: to, to: from })}>Swap</Button>
          </p>
        </div>
        <FilterField label="Only this thing" value={search.about} placeholder="web1" onCommit={about => set({ about } as CompareSearch)} />
        <FilterField label="Only what is in" value={search.within} placeholder="a rack, pool or datacenter" onCommit={within => set({ within } as CompareSearch)} />
      </div>
      {error !== undefined && <ErrorNote error={error} />}
      <Reading
        what={{ from, to, ...(search.about ? { about: search.about } : {}), ...(search.within ? { within: search.within } : {}) }}
        filter={{ ...(change ? { change } : {}), ...(type ? { type } : {}), ...(text ? { text } : {}) }}
        onFilter={filter => void navigate({ search: ({ change: _c, type: _t, text: _x, ...before }) => ({ ...before, ...filter }) })}
        fleeting={!/^\d+$/.test(from) || !/^\d+$/.test(to)}
      />
      <UndoDialog undo={undo} onUndo={setUndo} />
    </Page>
  )
}
