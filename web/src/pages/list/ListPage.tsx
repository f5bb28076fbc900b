import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Columns3, Copy, Download, Pencil } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'
import { Problem } from '@/api/problem'
import { useRead } from '@/api/read'
import { useMayChange } from '@/api/may'
import { useAt } from '@/time/at'
import { Button, count, Empty, ErrorNote, Menu, Page, toast, Waiting } from '@/ui'
import { BulkDialog, type Target } from './BulkDialog'
import { actions, type Action } from './bulk'
import { ColumnsDialog } from './ColumnsDialog'
import { Filters } from './Filters'
import { narrow, without } from './filters'
import { Grid } from './Grid'
import { QueryEditor } from './QueryEditor'
import { fileAddress, namesBetween, useRows, type Question } from './rows'
import { askedFor, usualColumns, type ListSearch } from './search'
import { nothing, selectedCount, type Selection } from './selection'
import { Views } from './Views'
import { barren } from './why'
import style from './List.module.css'

const route = getRouteApi('/things/')

/** How many names a request may have; more than these are edited by their query. */
const mostNames = 100_000

/** A list of the things that a query finds. */
export function ListPage() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/things/' })
  const at = useAt()
  const mayChange = useMayChange()
  const [text, setText] = useState(search.q ?? '')
  const [sight, setSight] = useState({ first: 0, last: 0 })
  const [selection, setSelection] = useState<Selection>(nothing)
  const [choosing, setChoosing] = useState(false)
  const [action, setAction] = useState<Action>()
  const columns = search.cols ?? usualColumns
  const question = useMemo<Question>(() => ({ query: askedFor(search), columns, sort: search.sort, at }), [search, columns, at])
  const rows = useRows(question, sight.first, sight.last)
  const total = rows.total ?? 0
  const selected = selectedCount(selection, total)

  // Another query, or another time, begins anew.
  const subject = `${at ?? ''} ${search.q ?? ''}`
  const [shown, setShown] = useState(subject)
  if (shown !== subject) {
    setShown(subject)
    setText(search.q ?? '')
    setSelection(nothing)
  }
  const onSight = useCallback((first: number, last: number) => setSight(was => (was.first === first && was.last === last ? was : { first, last })), [])

  const go = (change: ListSearch, replace = false) => void navigate({ search: before => tidy({ ...before, ...change }), replace })
  const ask = (q: string) => {
    setText(q)
    go({ q: q.trim() })
  }
  const names = (from: number, to: number) => {
    const loaded = []
    for (let i = from; i <= to; i++) {
      const row = rows.row(i)
      if (!row) return namesBetween(question, from, to)
      loaded.push(row.name)
    }
    return Promise.resolve(loaded)
  }
  const target = (): Target | undefined => {
    if (action === undefined) return undefined
    if (selection.all) return { query: without(question.query, [...selection.names]), expect: selected }
    return { names: [...selection.names] }
  }
  const selectedNames = async () => {
    if (!selection.all) return [...selection.names]
    return (await namesBetween(question, 0, total - 1)).filter(name => !selection.names.has(name))
  }
  const copy = async () => {
    const all = await selectedNames()
    await navigator.clipboard.writeText(all.join('\n'))
    toast(`${count(all.length, 'name')} copied.`)
  }
  return (
    <Page
      title="Things"
      fill
      actions={
        <>
          <Views search={search} onShow={view => void navigate({ search: before => tidy({ ...(before.at ? { at: before.at } : {}), ...view }) })} />
          <Button onPress={() => setChoosing(true)}><Columns3 />Columns</Button>
          <Menu
            trigger={<Button><Download />Download</Button>}
            choices={[{ id: 'csv', text: 'CSV, as it is' }, { id: 'safe', text: 'CSV for spreadsheets (no formulas)' }, { id: 'json', text: 'JSON' }]}
            onChoose={id => download(fileAddress(question, id === 'json' ? 'json' : 'csv', id === 'safe'), id === 'json' ? 'things.json' : 'things.csv')}
          />
        </>
      }
    >
      <QueryEditor text={text} onChange={setText} onApply={ask} />
      <div className={style.bar}>
        <Filters onAdd={condition => ask(narrow(text, condition))} />
        <p className={style.count} role="status">
          {selected > 0 ? `${selected.toLocaleString('en')} of ${count(total, 'thing')} selected` : rows.total === undefined ? '' : count(total, 'thing')}
        </p>
        {selected > 0 && (
          <div className={style.chips}>
            {mayChange && <Menu trigger={<Button look="primary" small><Pencil />Edit</Button>} choices={actions} onChoose={id => setAction(id as Action)} />}
            <Button small onPress={() => void copy()}><Copy />Copy names</Button>
            <Button small look="plain" onPress={() => setSelection(nothing)}>Select nothing</Button>
          </div>
        )}
      </div>
      {rows.error && <ListError error={rows.error} />}
      {rows.isPending && !rows.error ? (
        <Waiting />
      ) : (
        !(rows.error && rows.total === undefined) && (
          <Grid
            columns={columns}
            widths={search.widths ?? {}}
            onWidth={(column, width) => go({ widths: { ...search.widths, [column]: width } }, true)}
            sort={search.sort}
            onSort={sort => go({ sort: sort ?? '' })}
            total={total}
            row={rows.row}
            onSight={onSight}
            selection={selection}
            onSelection={setSelection}
            names={names}
            empty={<NothingFound query={question.query} />}
          />
        )
      )}
      <ColumnsDialog open={choosing} columns={columns} onClose={() => setChoosing(false)} onChange={cols => go({ cols }, true)} />
      <BulkDialog
        target={target()}
        things={selected}
        first={action ?? 'set'}
        onClose={() => setAction(undefined)}
        onDone={() => {
          setAction(undefined)
          setSelection(nothing)
        }}
      />
      {selected > mostNames && !selection.all && <p className="quiet">More than {mostNames.toLocaleString('en')} names cannot be edited at once: select all that a query finds.</p>}
    </Page>
  )
}

/** Leaves out of an address what says nothing. */
function tidy<T extends ListSearch>(search: T): T {
  const rest = { ...search }
  if (!rest.q || rest.q === 'name exists') delete rest.q
  if (!rest.sort) delete rest.sort
  return rest
}

function download(address: string, name: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
}

// What is wrong with the query the editor says, with its place.
function ListError({ error }: { error: unknown }) {
  if (error instanceof Problem && error.body.thing === 'query') return null
  return <ErrorNote error={error} />
}

/** Says why a query finds nothing, and what may be meant. */
function NothingFound({ query }: { query: string }) {
  const plan = useRead('/query/explain', { query: { query } })
  const without = plan.data ? barren(plan.data.plan) : []
  const warnings = plan.data?.warnings ?? []
  return (
    <Empty title={query === 'name exists' ? 'There is nothing yet.' : 'Nothing is like that.'}>
      {warnings.map(warning => <p key={warning.message} className="name">{warning.message}</p>)}
      {warnings.length === 0 && without.map(condition => <p key={condition} className="quiet">Nothing has <code className="name">{condition}</code>.</p>)}
      {warnings.length === 0 && without.length === 0 && query !== 'name exists' && <p className="quiet">Each condition finds something, but not all of them the same thing.</p>}
    </Empty>
  )
}
