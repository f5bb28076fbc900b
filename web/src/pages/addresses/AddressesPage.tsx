import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { ChevronsDownUp, ChevronsUpDown, Plus } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'
import { useRead } from '@/api/read'
import { useMayChange } from '@/api/may'
import { Button, count, Empty, ErrorNote, Field, Page, Select, Table, Thing, Waiting } from '@/ui'
import { formatCount, formatPrefix } from './ip'
import { NetworkDialog } from './NetworkDialog'
import { NetworkTree } from './NetworkTree'
import { expandable, filterTree, networkTree, taken, type Manager, type Node } from './tree'
import { Utilisation } from './Utilisation'
import style from './Addresses.module.css'

const route = getRouteApi('/addresses/')

/** How many networks are shown with all that is in them unasked. */
const openUnasked = 300

/** The networks as a tree, and the managers of other things. */
export function AddressesPage() {
  const { q = '', family } = route.useSearch()
  const navigate = useNavigate()
  const mayChange = useMayChange()
  const managers = useRead('/managers', { query: { usage: true } }, { keep: true })
  const [making, setMaking] = useState<string>()
  const all = useMemo(() => networkTree(managers.data?.managers ?? []), [managers.data])
  const roots = useMemo(
    () => filterTree(family ? all.roots.filter(node => node.prefix.family === family) : all.roots, q),
    [all, family, q],
  )
  const networks = (managers.data?.managers.length ?? 0) - all.others.length
  const [chosen, setChosen] = useState<Set<string>>()
  const expanded = useMemo(
    () => chosen ?? new Set(expandable(roots, q || networks <= openUnasked ? Infinity : 1)),
    [chosen, roots, q, networks],
  )
  const search = (next: { q?: string; family?: 4 | 6 | undefined }) =>
    void navigate({ to: '/addresses', search: previous => ({ ...previous, ...next }), replace: true })
  const make = useCallback((node: Node) => setMaking(formatPrefix(node.prefix)), [])
  const empty = managers.isSuccess && managers.data.managers.length === 0
  return (
    <Page
      title="Addresses"
      about={managers.data && `${count(networks, 'network')}, ${count(all.others.length, 'other manager')}`}
      actions={mayChange && <Button look="primary" onPress={() => setMaking('')}><Plus aria-hidden /> Make a network</Button>}
      fill
    >
      {managers.isPending && <Waiting />}
      {managers.isError && <ErrorNote error={managers.error} />}
      {empty && <Empty title="There is no network yet.">{mayChange && 'Make one: servers get their addresses from it.'}</Empty>}
      {managers.isSuccess && !empty && (
        <>
          <div className={style.tools}>
            <Field label="Filter" value={q} onChange={text => search({ q: text || undefined } as { q?: string })} placeholder="Name, network or address" />
            <Select
              label="Family" value={String(family ?? 'both')} onChange={id => search({ family: id === 'both' ? undefined : (Number(id) as 4 | 6) })}
              choices={[{ id: 'both', text: 'IPv4 and IPv6' }, { id: '4', text: 'IPv4' }, { id: '6', text: 'IPv6' }]}
            />
            <Button onPress={() => setChosen(new Set(expandable(roots)))}><ChevronsUpDown aria-hidden /> Open all</Button>
            <Button onPress={() => setChosen(new Set())}><ChevronsDownUp aria-hidden /> Close all</Button>
          </div>
          <div className={style.both}>
            {roots.length > 0
              ? <NetworkTree roots={roots} expanded={expanded} onExpand={setChosen} onMake={mayChange ? make : undefined} />
              : <Empty title={q ? 'No network is like this.' : 'There is no network.'} />}
            {all.others.length > 0 && <Others managers={all.others} />}
          </div>
        </>
      )}
      {making !== undefined && (
        <NetworkDialog
          prefix={making}
          managers={managers.data?.managers ?? []}
          onClose={() => setMaking(undefined)}
          onDone={name => void navigate({ to: '/addresses/$manager', params: { manager: name } })}
        />
      )}
    </Page>
  )
}

/** The managers of names, numbers and whatever else. */
function Others({ managers }: { managers: readonly Manager[] }) {
  const rows = [...managers].sort((a, b) => taken(b.usage) - taken(a.usage) || (a.name < b.name ? -1 : 1))
  return (
    <section className={style.others} style={{ height: Math.min(300, 66 + 35 * (managers.length + 1)) }}>
      <h2>Names, numbers and others</h2>
      <Table
        label="Names, numbers and others"
        rows={rows}
        rowKey={row => row.name}
        columns={[
          { id: 'name', head: 'Name', cell: row => <Thing name={row.name} type="resourcemanager" special="resourcemanager" /> },
          { id: 'driver', head: 'Driver', cell: row => row.driver },
          { id: 'size', head: 'Size', cell: row => row.usage && formatCount(row.usage.size), end: true, width: '100px' },
          { id: 'used', head: 'Used', cell: row => row.usage && formatCount(row.usage.used), end: true, width: '90px' },
          { id: 'free', head: 'Free', cell: row => row.usage && formatCount(row.usage.free), end: true, width: '100px' },
          { id: 'taken', head: 'Taken', cell: row => <Utilisation usage={row.usage} />, width: '170px' },
        ]}
      />
    </section>
  )
}
