import { getRouteApi } from '@tanstack/react-router'
import { useRead } from '@/api/read'
import { ErrorNote, Page, Panel, Thing, Waiting, formatAttrName, formatValue } from '@/ui'

const route = getRouteApi('/things/$name')

/** One thing, with all that is known of it. */
export function ThingPage() {
  const { name } = route.useParams()
  const thing = useRead('/entities/{name}', { path: { name }, query: { expand: ['merged', 'parents'] } })
  return (
    <Page title={name} about={thing.data && `${thing.data.type}, ${thing.data.driver}`}>
      {thing.isPending && <Waiting />}
      {thing.isError && <ErrorNote error={thing.error} />}
      {thing.data && (
        <Panel title="Attributes">
          <dl>
            {thing.data.merged?.map((attr, i) => (
              <div key={i}>
                <dt className="mono name">{formatAttrName(attr)}</dt>
                <dd className="mono name">{formatValue(attr.value)} {attr.from && <>from <Thing name={attr.from} /></>}</dd>
              </div>
            ))}
          </dl>
        </Panel>
      )}
    </Page>
  )
}
