import { getRouteApi } from '@tanstack/react-router'
import { useRead } from '@/api/read'
import { ErrorNote, Page, Table, Thing } from '@/ui'

const route = getRouteApi('/things/')

/** A list of the things that a query finds. */
export function ListPage() {
  const { q } = route.useSearch()
  const list = useRead('/entities', { query: { ...(q ? { query: q } : {}), sort: 'name', limit: 1000 } }, { keep: true })
  return (
    <Page title="Things" about={q} fill>
      {list.isError && <ErrorNote error={list.error} />}
      <Table
        label="Things"
        rows={list.data?.entities ?? []}
        rowKey={row => row.name}
        columns={[
          { id: 'name', head: 'Name', cell: row => <Thing name={row.name} type={row.type} /> },
          { id: 'type', head: 'Type', cell: row => row.type },
          { id: 'driver', head: 'Driver', cell: row => row.driver },
        ]}
      />
    </Page>
  )
}
