import { useMutation } from '@tanstack/react-query'
import { GripVertical } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button as AriaButton, Checkbox, GridList, GridListItem, useDragAndDrop, type Selection } from 'react-aria-components'
import { useRead } from '@/api/read'
import { Button, count, ErrorNote, Field, Tabs, Thing, Waiting } from '@/ui'
import { found, lookUp, membersOf, mostAtOnce, type Unknown } from './members'
import { pasted } from './sets'
import style from './Pools.module.css'

/** The kind of what is dragged from the list of things to a pool. */
export const dragged = 'application/x-clusto-thing'

export type Way = 'pick' | 'query' | 'list'

export interface PutInProps {
  pool: string
  way: Way
  onWay: (way: Way) => void
  onPutIn: (names: string[]) => void
}

/** The ways to put things into a pool: from a list, by a query, or by their names. */
export function PutIn({ pool, way, onWay, onPutIn }: PutInProps) {
  return (
    <section className={style.half} aria-label="Put in">
      <Tabs
        label="How" shown={way} onShow={id => onWay(id as Way)}
        tabs={[{ id: 'pick', text: 'From a list' }, { id: 'query', text: 'By a query' }, { id: 'list', text: 'By names' }]}
      >
        {way === 'pick' && <Pick onPutIn={onPutIn} />}
        {way === 'query' && <ByQuery pool={pool} onPutIn={onPutIn} />}
        {way === 'list' && <ByNames pool={pool} onPutIn={onPutIn} />}
      </Tabs>
    </section>
  )
}

/** Things to choose from, or to drag into the pool. */
function Pick({ onPutIn }: { onPutIn: (names: string[]) => void }) {
  const [text, setText] = useState('')
  const [asked, setAsked] = useState('')
  const [chosen, setChosen] = useState<Selection>(new Set())
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), 150)
    return () => clearTimeout(timer)
  }, [text])
  const list = useRead('/entities', { query: { sort: 'name', limit: 500, fields: ['type'], ...(asked ? { prefix: asked } : {}) } }, { keep: true })
  const items = (list.data?.entities ?? []).map(entity => ({ id: entity.name, name: entity.name, type: entity.type }))
  const { dragAndDropHooks } = useDragAndDrop({
    getItems: keys => [...keys].map(key => ({ [dragged]: String(key), 'text/plain': String(key) })),
  })
  const names = chosen === 'all' ? items.map(item => item.name) : [...chosen].map(String)
  return (
    <>
      <div className={style.bar}>
        <Field label="Names that begin with" value={text} onChange={setText} />
        <Button look="primary" isDisabled={names.length === 0} onPress={() => onPutIn(names)}>Put in {names.length > 0 && names.length}</Button>
      </div>
      <p className="quiet">Choose, or drag into the pool{list.data?.next ? '; the first 500 are shown' : ''}.</p>
      {list.isError && <ErrorNote error={list.error} />}
      <GridList
        aria-label="Things to put in" items={items} selectionMode="multiple" selectedKeys={chosen} onSelectionChange={setChosen} dragAndDropHooks={dragAndDropHooks}
        renderEmptyState={() => (list.isPending ? <Waiting /> : <p className="quiet">Nothing is called so.</p>)} className={style.found!}
      >
        {item => (
          <GridListItem id={item.id} textValue={item.name} className={style.thing!}>
            <AriaButton slot="drag" className={style.grip!}><GripVertical aria-hidden /></AriaButton>
            <Checkbox slot="selection">{({ isSelected }) => <span aria-hidden>{isSelected ? '☑' : '☐'}</span>}</Checkbox>
            <Thing name={item.name} type={item.type} />
          </GridListItem>
        )}
      </GridList>
    </>
  )
}

/** All that a query finds. */
function ByQuery({ pool, onPutIn }: { pool: string; onPutIn: (names: string[]) => void }) {
  const [query, setQuery] = useState('')
  const [empty, setEmpty] = useState('')
  const ask = useMutation({
    mutationFn: async () => {
      const [names, inside] = await Promise.all([found(query), membersOf(pool)])
      return { found: names.length, news: names.filter(name => !inside.has(name) && name !== pool) }
    },
    onSuccess: ({ found: all, news }) => {
      setEmpty(news.length === 0 ? (all === 0 ? 'Nothing is found.' : `All ${all.toLocaleString('en')} are in it already.`) : '')
      if (news.length > 0) onPutIn(news.slice(0, mostAtOnce))
    },
  })
  return (
    <>
      <Field
        label="All that this query finds" mono value={query} onChange={setQuery} placeholder={'type = server and rack = "rack1"'}
        onKeyDown={event => event.key === 'Enter' && query.trim() && ask.mutate()} help="What is in the pool already is left out."
      />
      <div><Button look="primary" isDisabled={!query.trim() || ask.isPending} onPress={() => ask.mutate()}>Preview</Button></div>
      {ask.isPending && <Waiting />}
      {ask.isError && <ErrorNote error={ask.error} />}
      {empty && <p className="quiet" role="status">{empty}</p>}
    </>
  )
}

interface Looked {
  unknown: Unknown[]
  news: string[]
  inside: number
}

/** Names that were pasted; those that nothing has are told with what may be meant. */
function ByNames({ pool, onPutIn }: { pool: string; onPutIn: (names: string[]) => void }) {
  const [text, setText] = useState('')
  const names = pasted(text)
  const ask = useMutation({
    mutationFn: async (): Promise<Looked> => {
      const [{ there, unknown }, inside] = await Promise.all([lookUp(names), membersOf(pool)])
      const news = there.filter(name => !inside.has(name) && name !== pool)
      return { unknown, news, inside: there.length - news.length }
    },
    onSuccess: ({ unknown, news }) => unknown.length === 0 && news.length > 0 && onPutIn(news),
  })
  return (
    <>
      <label className={style.label}>
        Names, one a line, or with commas or blanks between
        <textarea className={style.area} value={text} onChange={event => { setText(event.target.value); ask.reset() }} spellCheck={false} />
      </label>
      <div className={style.bar}>
        <p className="quiet">{count(names.length, 'name')}</p>
        <Button look="primary" isDisabled={names.length === 0 || names.length > mostAtOnce || ask.isPending} onPress={() => ask.mutate()}>Preview</Button>
      </div>
      {ask.isPending && <Waiting what="Looking them up" />}
      {ask.isError && <ErrorNote error={ask.error} />}
      {ask.data && (
        <div role="status">
          {ask.data.inside > 0 && <p className="quiet">{count(ask.data.inside, 'thing')} {ask.data.inside === 1 ? 'is' : 'are'} in the pool already.</p>}
          {ask.data.unknown.length > 0 && (
            <>
              <p>{ask.data.unknown.length === 1 ? 'Nothing is called so:' : `Nothing is called so (${ask.data.unknown.length}):`}</p>
              <ul className={style.unknown}>
                {ask.data.unknown.map(({ name, hint }) => <li key={name}><b className="name">{name}</b> {hint && <span className="name">– {hint}</span>}</li>)}
              </ul>
              {ask.data.news.length > 0 && <Button onPress={() => onPutIn(ask.data.news)}>Put in the {count(ask.data.news.length, 'other')}</Button>}
            </>
          )}
          {ask.data.unknown.length === 0 && ask.data.news.length === 0 && <p className="quiet">There is nothing to put in.</p>}
        </div>
      )}
    </>
  )
}
