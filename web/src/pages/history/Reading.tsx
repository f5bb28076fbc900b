import { useInfiniteQuery } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import { api } from '@/api/client'
import { Button, Empty, ErrorNote, Waiting } from '@/ui'
import { FilterField } from './FilterField'
import type { CompareSearch, ReadingSearch } from './search'
import { ToldThing } from './ToldThing'
import style from './history.module.css'

interface ReadingProps {
  /** What is compared; without from, the version before to. */
  what: Pick<CompareSearch, 'from' | 'to' | 'about' | 'within'>
  filter: ReadingSearch
  onFilter: (filter: ReadingSearch) => void
  /** Whether what is told may be different the next time: a time such as "live". */
  fleeting?: boolean
}

/** A difference, told thing by thing: any number of them, of which only those in sight exist. */
export function Reading({ what, filter, onFilter, fleeting }: ReadingProps) {
  const asked = {
    ...(what.from ? { from: what.from } : {}), ...(what.to ? { to: what.to } : {}),
    ...(what.about ? { about: [what.about] } : {}), ...(what.within ? { within: what.within } : {}),
    ...(filter.change ? { change: filter.change } : {}), ...(filter.type ? { type: filter.type } : {}), ...(filter.text ? { text: filter.text } : {}),
  }
  const pages = useInfiniteQuery({
    queryKey: ['/diff/words', { query: { ...asked, at: fleeting ? undefined : what.to } }],
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...asked, limit: 200, ...(pageParam ? { cursor: pageParam } : {}) }
      return (await api.GET('/diff/words', { params: { query }, signal })).data!
    },
    initialPageParam: '',
    getNextPageParam: page => page.next ?? undefined,
    ...(fleeting ? {} : { staleTime: Infinity }),
  })
  const first = pages.data?.pages[0]
  const things = pages.data?.pages.flatMap(page => page.things) ?? []
  const redacted = first?.redacted ?? []
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: things.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 120,
    overscan: 4,
    getItemKey: i => `${things[i]!.change} ${things[i]!.name}`,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= things.length - 20) void fetchNextPage()
  }, [last, things.length, hasNextPage, isFetchingNextPage, fetchNextPage])

  if (pages.isPending) return <Waiting what="Reading what is different" />
  if (pages.isError) return <ErrorNote error={pages.error} />
  const all = first!.counts.reduce((sum, item) => sum + item.things, 0)
  return (
    <>
      <div className={style.bar}>
        <Button small className={style.chip!} data-on={!filter.change && !filter.type} aria-pressed={!filter.change && !filter.type} onPress={() => onFilter({ ...(filter.text ? { text: filter.text } : {}) })}>
          all <strong>{all.toLocaleString('en')}</strong>
        </Button>
        {first!.counts.map(item => {
          const on = filter.change === item.change && filter.type === item.type
          return (
            <Button key={`${item.change} ${item.type}`} small className={style.chip!} data-on={on} aria-pressed={on}
              onPress={() => onFilter({ ...filter, change: item.change as 'made', type: item.type })}>
              {item.type} {item.change} <strong>{item.things.toLocaleString('en')}</strong>
            </Button>
          )
        })}
        {all > 5 && <FilterField label="Name" value={filter.text} onCommit={text => onFilter({ ...filter, text } as ReadingSearch)} />}
      </div>
      {redacted.map((item, i) => <p key={i} className="name">{item.values} old values of <code>{item.key}</code> of {item.name} were taken out of the history.</p>)}
      {things.length === 0 && redacted.length === 0 && <Empty title={all === 0 ? 'Nothing is different.' : 'No thing is like that.'} />}
      {things.length > 0 && (
        // A region that scrolls can be reached and scrolled by keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div ref={scroller} className={style.scroller} tabIndex={0} role="region" aria-label="What is different">
          <div className={style.rows} style={{ height: virtual.getTotalSize() }}>
            {items.map(item => (
              <div key={item.key} ref={virtual.measureElement} data-index={item.index} className={style.row} style={{ transform: `translateY(${item.start}px)` }}>
                <ToldThing told={things[item.index]!} from={first!.from} to={first!.to} />
              </div>
            ))}
          </div>
        </div>
      )}
    </>
  )
}
