import { getRouteApi } from '@tanstack/react-router'
import { isProblem } from '@/api/problem'
import { ErrorNote, Page, Tabs, Waiting, kindColor } from '@/ui'
import { parts, type Part } from './address'
import { ActionsPart } from './actions/ActionsPart'
import { AddressesPart } from './addresses/AddressesPart'
import { AttributesPart } from './attributes/AttributesPart'
import { ContentsPart } from './contents/ContentsPart'
import { DhcpPart } from './dhcp/DhcpPart'
import { Elevation, rackOf } from './Elevation'
import { HistoryPart } from './history/HistoryPart'
import { Missing } from './history/Missing'
import { Place } from './Place'
import { PortsPart } from './ports/PortsPart'
import { ThingMenu } from './ThingMenu'
import { useThing, useThingSearch, type ThingData } from './useThing'
import style from './thing.module.css'

const route = getRouteApi('/things/$name')

const texts: Record<Part, string> = {
  overview: 'Overview', ports: 'Ports', contents: 'Contents', addresses: 'Addresses', actions: 'Actions', history: 'History', dhcp: 'DHCP',
}

/** One thing, with all that is known of it and all that can be done with it. */
export function ThingPage() {
  const { name } = route.useParams()
  const thing = useThing(name)
  if (isProblem(thing.error, 'not-found')) return <Missing name={name} />
  const data = thing.data
  return (
    <Page
      title={name}
      heading={<span className={style.heading}><span className={style.kind} style={{ background: kindColor(data?.type) }} aria-hidden /><span className="name">{name}</span></span>}
      about={data && <>{data.type} · <span className="mono">{data.driver}</span></>}
      actions={data && <ThingMenu thing={data} />}
    >
      {thing.isPending && <Waiting />}
      {thing.isError && <ErrorNote error={thing.error} />}
      {data && <Parts key={name} thing={data} />}
    </Page>
  )
}

function Parts({ thing }: { thing: ThingData }) {
  const [search, setSearch] = useThingSearch()
  const shown = search.tab ?? 'overview'
  return (
    <>
      <Place thing={thing} />
      <Tabs
        label="Parts"
        tabs={parts.map(part => ({ id: part, text: texts[part] }))}
        shown={shown}
        onShow={part => setSearch({ tab: part === 'overview' ? undefined : part })}
      >
        {shown === 'overview' && <Overview thing={thing} />}
        {shown === 'ports' && <PortsPart thing={thing} />}
        {shown === 'contents' && <ContentsPart thing={thing} />}
        {shown === 'addresses' && <AddressesPart thing={thing} />}
        {shown === 'actions' && <ActionsPart thing={thing} />}
        {shown === 'history' && <HistoryPart thing={thing} />}
        {shown === 'dhcp' && <DhcpPart thing={thing} />}
      </Tabs>
    </>
  )
}

function Overview({ thing }: { thing: ThingData }) {
  const rack = rackOf(thing)
  if (!rack) return <AttributesPart thing={thing} />
  return (
    <div className={style.overview}>
      <AttributesPart thing={thing} />
      <Elevation thing={thing} rack={rack} />
    </div>
  )
}
