import { Link } from '@tanstack/react-router'
import { useRead } from '@/api/read'
import { Empty, ErrorNote, Page, Panel, Waiting } from '@/ui'

/** The first page: what there is. */
export function StartPage() {
  const types = useRead('/types', {})
  const there = types.data?.types.filter(type => type.entities > 0) ?? []
  return (
    <Page title="Start">
      <Panel title="What there is">
        {types.isPending && <Waiting />}
        {types.isError && <ErrorNote error={types.error} />}
        {types.isSuccess && there.length === 0 && <Empty title="The inventory is empty." />}
        <ul>
          {there.map(type => (
            <li key={type.name}>
              <Link to="/things" search={{ q: `type = ${type.name}` }}>{type.entities.toLocaleString('en')} {type.name}</Link>
            </li>
          ))}
        </ul>
      </Panel>
    </Page>
  )
}
